/** A migration tool that is a program of its own, told as data: what to look for, what to ask, how to read the answer, what to tell it to do. */

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { Reason } from "../../domain/error.ts";
import type { Finding } from "../../domain/migration.ts";
import type { Session } from "../../domain/session.ts";
import type { EngineName, Target } from "../../domain/target.ts";
import type { CommandEnd } from "../../process/process.ts";
import type { TenantsOfTool } from "../tool.ts";
import type { Meaning } from "./meanings.ts";

export interface ProgramTool {
  /** As belay.yml calls it. */
  readonly name: string;
  /** As its makers do. */
  readonly title: string;
  readonly engines: readonly EngineName[];
  /** What its program may be called; the first that is found is taken. */
  readonly programs: readonly string[];
  /** How people get it, for whom it is missing. */
  readonly install: string;
  /** Globs of what configures it, relative to where it starts: a plan notices when they change. */
  readonly configuration: (place: Place) => readonly string[];
  /** Each migration is atomic together with its record, whatever it contains. */
  readonly atomic: (engine: EngineName) => boolean;
  /** It can take migrations back at all. */
  readonly reverts: boolean;
  /** Tables in which it keeps what is applied; one without a schema is meant in whichever schema it is. */
  records(place: RecordsPlace): readonly string[];
  /** What its users should know of how Belay drives it, in sentences of Markdown; for docs/tools.md. */
  readonly about?: string;
  /** It can be asked about, and applied to, one schema of a database. */
  readonly perSchema: boolean;
  /** What its sessions make of `PGOPTIONS`, by which `migrate.lock-timeout` reaches them; null: they take it, else why not and what to do. */
  readonly lockTimeoutNote: string | null;
  /** The address as it wants it in the URL's variables; left out: as it is configured, `sqlite:PATH` for a file. */
  readonly url?: (address: Address) => string;
  /** Characters that its URLs cannot get across in the path of a SQLite file: it would work on another file. */
  readonly unspeakable?: RegExp;
  /** Variables that it takes the URL from, whatever its project says; beside those that belay.yml names. */
  readonly urlVariables?: readonly string[];
  /** What its own words mean. */
  readonly meanings: readonly Meaning[];

  /** `files` depend on the project alone, not on the target that is asked about. Left out: they may. */
  readonly sameFilesForAll?: true;
  /** Which migrations there are. Changes nothing, and reaches no database where that can be avoided. */
  files(asking: Asking): Promise<Files>;
  /** Which of them the target has. By the tool's own record in the database where that is sure, as it is quicker than asking the tool. */
  applied(asking: Asking, files: Files): Promise<Applied>;
  /**
   * What the tool itself takes for applied, asked once before it changes anything: where that is not what the target has, it works on
   * another database. Left out where `applied` asks the tool already; null where it can work on no other one, as Belay alone tells it which.
   */
  seen?(asking: Asking, files: Files): Promise<readonly string[] | null>;
  /** What a tool that knows no single migration is shown for one: a folder made for it, gone afterwards. Not where the tool lives elsewhere. */
  scratch?(known: Known, files: Files, place: Place): Promise<Scratch>;
  /** It applies whatever is pending, and cannot be told otherwise: all is applied at once, and nothing less can be asked for. */
  appliesAll?(place: Place): boolean;
  /** The tool's arguments for applying exactly the next migration. `scratch`: where that folder is; null where there is none. */
  apply(known: Known, files: Files, place: Place, scratch: string | null): readonly string[];
  /** The tool's arguments for taking back exactly the last one; only asked where it is reversible. */
  revert(known: Known, files: Files, place: Place, scratch: string | null): readonly string[];
  /** Where its settings tell which schemas are tenants. */
  tenants?(asking: Asking): Promise<TenantsOfTool>;
}

/** Contents by path, relative to the folder. */
export type Scratch = Readonly<Record<string, string | Uint8Array>>;

/** What decides where a tool keeps its records. */
export interface RecordsPlace {
  readonly target: Pick<Target, "engine">;
  readonly options: Place["options"];
}

/** Where a tool works, and on what. */
export interface Place {
  /** Where relative paths start, absolute: files are told from there. */
  readonly root: string;
  /** Where the tool starts, absolute. */
  readonly directory: string;
  /** It lives elsewhere (`migrate.run`): paths that it tells may be of another file system. */
  readonly elsewhere: boolean;
  readonly target: Pick<Target, "name" | "engine" | "address" | "schemas">;
  /** The one schema that is meant; null: the whole target. */
  readonly schema: string | null;
  /** The tool's own keys in belay.yml. */
  readonly options: Readonly<Record<string, JsonValue>>;
}

export interface Address {
  readonly engine: EngineName;
  /** For SQLite the path as the tool sees it, else the URL as configured. */
  readonly address: string;
}

export interface Asking {
  readonly place: Place;
  readonly session: Session;
  /** Runs the tool with these arguments to a good end. Throws what its failure means. */
  readonly ask: (args: readonly string[]) => Promise<CommandEnd>;
  /** The same, however it ends. */
  readonly attempt: (args: readonly string[]) => Promise<CommandEnd>;
}

/** A migration that has a file. */
export interface Known {
  readonly id: string;
  /** Relative to the root; empty where they are not here. The first is shown. */
  readonly files: readonly string[];
  /** null: the tool can take it back; else why not. */
  readonly oneWay: string | null;
  /** What it would run, where the files tell it. */
  readonly sql: string | null;
  /** What must be applied before it, directly; only tools whose order is a graph tell it. */
  readonly after?: readonly string[];
}

export interface Files {
  /** In an order in which they may be applied. */
  readonly known: readonly Known[];
  /** Why nothing may be applied as the files stand. */
  readonly obstacles: readonly Reason[];
  readonly findings?: readonly Finding[];
}

export interface Applied {
  /** In the order of application, as far as it is known. */
  readonly ids: readonly string[];
  /** Why nothing may be applied to a database in this state: an interrupted migration, a record that no file has … */
  readonly obstacles: readonly Reason[];
  readonly findings?: readonly Finding[];
}
