import { z } from "zod";
import { ClockerError } from "../../model/errors.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { failures } from "../shapes/api-error.ts";

const LoggedOut = z.object({ currentUser: z.string().optional(), requestedUser: z.string().optional(), message: z.string() }).meta({ id: "LogoutSummary" });

/** Signing out. */
export function addLogout(api: Api, { sessions }: ApiContext): void {
  api.post(
    "/logout",
    { schema: { tags: ["server"], summary: "Sign out; with `unauthorize` the answer is 401, so that browsers forget the password", querystring: z.object({ unauthorize: z.string().optional(), user: z.string().optional() }), response: { 200: LoggedOut, ...failures } } },
    async (request, reply) => {
      const { query, user } = request;
      if (query.user !== undefined && user !== undefined && query.user !== user) throw new ClockerError("forbidden", `Cannot sign out '${query.user}': '${user}' is signed in`);
      sessions.end(request, reply);
      if (query.unauthorize !== undefined) return reply.code(401).send({ message: query.unauthorize === "" ? "Logged out" : query.unauthorize, error: 401 });
      return { ...(user === undefined ? {} : { currentUser: user }), ...(query.user === undefined ? {} : { requestedUser: query.user }), message: "Logged out" };
    },
  );
}
