import { connect, type Socket } from "node:net";
import { openEngine } from "../../src/engine/docker-engine.ts";
import { InMemoryEngine } from "../../src/engine/in-memory-engine.ts";
import { startTestEngine, TEST_IMAGE } from "../support/docker-engine.ts";
import { BUILD, engineContract, type EngineUnderTest, EXEC, PRINTING } from "./engine.ts";

engineContract("openEngine on a real Docker Engine", async () => {
  const real = await startTestEngine();
  const way = new Way(real.socket);
  const engine = openEngine({ name: "docker", connect: () => way.connect() });
  return {
    engine,
    image: TEST_IMAGE,
    goAway: () => way.cut(),
    comeBack: () => way.open(),
    stop: async () => {
      await engine.close();
      await real.stop();
    },
  };
});

engineContract("InMemoryEngine", async (): Promise<EngineUnderTest> => {
  const engine = scripted();
  return { engine, image: "test:1", goAway: () => engine.goAway(), comeBack: () => engine.comeBack(), stop: () => engine.close() };
});

/** The way to an engine, which can be cut. */
class Way {
  readonly #path: string;
  readonly #open = new Set<Socket>();
  #isCut = false;

  constructor(path: string) {
    this.#path = path;
  }

  async connect(): Promise<Socket> {
    if (this.#isCut) throw new Error("the way to the engine is cut");
    const socket = connect(this.#path);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    return socket;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#open) socket.destroy();
  }

  open(): void {
    this.#isCut = false;
  }
}

/** An engine in memory that answers the suite's commands as a shell would. */
class ScriptedEngine extends InMemoryEngine {
  override async startContainer(id: string, signal?: AbortSignal): Promise<void> {
    await super.startContainer(id, signal);
    if (this.containers.get(id, "start").spec.command !== PRINTING) return;
    this.print(id, "stdout", "printed\n");
    this.print(id, "stderr", "complained\n");
  }
}

function scripted(): InMemoryEngine {
  const engine = new ScriptedEngine({ images: ["test:1"] });
  let forever = 0;
  engine.onExec(EXEC.outputs, () => ({ stdout: "out\n", stderr: "err\n", exitCode: 3 }));
  engine.onExec(EXEC.echo, (spec) => ({ stdout: String(spec.stdin) + (spec.env?.["VALUE"] ?? "") }));
  engine.onExec(EXEC.whereAndWho, (spec) => ({ stdout: `${spec.workingDir}\n${spec.user}\n` }));
  engine.onExec(EXEC.countForever, () => ({ stdout: `${forever}\n` }));
  engine.onExec(EXEC.forever, (_spec, _container, signal) => {
    forever = 2;
    return new Promise(() => signal.addEventListener("abort", () => void (forever = 0)));
  });
  engine.onExec(["/bin/sh", "-c", BUILD.bad], () => ({ stdout: "almost\n", exitCode: 7 }));
  return engine;
}

