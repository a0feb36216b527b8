/** Asks preflight whether WhatsApp will take a file, before it is sent. */

/** The request's fields; any other field of the policy's requests may be given too. */
export interface CheckRequest {
  endpoint?: string | null;
  to?: string | null;
  mediaUrl?: string | null;
  mediaId?: string | null;
  caption?: string | null;
  filename?: string | null;
  phoneNumberId?: string | null;
  declaredType?: string | null;
  depth?: "structure" | "content" | null;
  /** The template's name and language, of "--policy=whatsapp-cloud". */
  template?: string | null;
  language?: string | null;
  /** Which card of the template's carousel it is, from 0. */
  card?: string | number | null;
  /** Fetches what `mediaUrl` or `mediaId` refers to, and checks it as if it were the file. */
  probe?: boolean | null;
  signal?: AbortSignal;
  [field: string]: string | number | boolean | AbortSignal | null | undefined;
}

export interface FixRequest {
  endpoint?: string | null;
  /** The path of the new file. */
  output?: string | null;
  /** The folder of the new file, instead of `output`. Without either: beside the file, or for a URL the working folder. */
  outputDir?: string | null;
  /** Overwrites an output that exists. */
  force?: boolean;
  signal?: AbortSignal;
}

export interface Finding {
  code: string;
  severity: "error" | "warning" | "note";
  subject: string;
  message: string;
  expected: string | null;
  actual: string | null;
  offset: number | null;
  /** How to fix it, often with a command; null where there is no fix. */
  remedy: string | null;
  source: string | null;
  [key: string]: unknown;
}

export interface Result {
  /** The absolute path, or the URL. */
  path: string | null;
  verdict: "accepted" | "rejected" | "unjudged";
  endpoint: string | null;
  mediaType: string | null;
  sniffedType: string | null;
  size: number | null;
  facts: Record<string, unknown>;
  findings: Finding[];
  /** Endpoints that would accept the file. */
  alternatives: string[];
  /** The request to send; null if none was asked for, or if it is rejected. */
  request: Record<string, any> | null;
  fix?: Fix;
  [key: string]: unknown;
}

export interface Fix {
  steps: { action: string; summary: string; lossless: boolean; command: string | null }[];
  /** The file that was written; null for none. */
  output: string | null;
  verdict: Result["verdict"];
  /** Why it can't be fixed. */
  reason?: string;
}

/** A result that `fix` gives. */
export type FixResult = Result & { fix: Fix };

export interface Settings {
  /** Those of `preflight hook`, such as "--policy=whatsapp-cloud"; give paths in them from the root. */
  options?: string[];
  /** Where preflight is; else $PREFLIGHT, else the package's, else `preflight` on the path. */
  executable?: string;
  /** The milliseconds that the hook may take for one request; what is fetched has 20,000 more. */
  timeout?: number;
}

/** A client with a process of its own. */
export class Preflight {
  constructor(settings?: Settings);

  /** The result for one file or URL, or with null as the path for the fields alone. A rejection is a result like any other. */
  check(path?: string | URL | Uint8Array | null, request?: CheckRequest): Promise<Result>;

  /** Makes an accepted file of a rejected one, in a process of its own and without a deadline. */
  fix(path: string | URL | Uint8Array, request?: FixRequest): Promise<FixResult>;

  /** Ends the process, once what was asked before is answered. */
  close(): Promise<void>;
}

/** As `Preflight.check`, with one client for the whole program. */
export function check(path?: string | URL | Uint8Array | null, request?: CheckRequest): Promise<Result>;

/** As `Preflight.fix`. */
export function fix(path: string | URL | Uint8Array, request?: FixRequest): Promise<FixResult>;

/** There is no answer: preflight is missing, has died, or talks nonsense. */
export class PreflightError extends Error {}

/** The hook had the request for as long as it may, and didn't answer. */
export class PreflightTimeout extends PreflightError {}

/** The request can't be sent as it is. */
export class InvalidRequest extends PreflightError {}
