const form = document.querySelector("#sign-in");
const problem = document.querySelector("#problem");

/** Where the visitor came from: only a page of this server. */
function target() {
  const to = new URLSearchParams(location.search).get("to") ?? "/";
  const url = new URL(to, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : "/";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});

async function signIn() {
  problem.textContent = "";
  const name = form.elements.namedItem("user").value;
  const bytes = new TextEncoder().encode(`${name}:${form.elements.namedItem("password").value}`);
  try {
    // The answer brings a session, by which the browser is known from then on.
    const answer = await fetch("/v1/server/user", { headers: { authorization: `Basic ${btoa(String.fromCodePoint(...bytes))}` } });
    if (answer.ok) return location.assign(target());
    problem.textContent = answer.status === 401 ? "The user or the password is wrong" : answer.status === 429 ? "Too many attempts: wait a little, then try again" : "The server cannot sign you in now";
  } catch {
    problem.textContent = "The server does not answer";
  }
}
