/** `user@host`, `user@host:2222`, `ssh://user@host:2222`, `user@[2001:db8::1]:2222`. */
export interface Destination {
  readonly user: string;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const SHAPE = /^(?:ssh:\/\/)?([\w.][\w.-]*)@(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[\w.-]*\w)?))(?::(\d{1,5}))?\/?$/;

/** null where the text names no user and host; nothing that ssh could take for an option passes. */
export function destinationOf(text: string): Destination | null {
  const [, user, address, name, port = "22"] = SHAPE.exec(text) ?? [];
  const host = address ?? name;
  const number = Number(port);
  return user === undefined || host === undefined || number < 1 || number > 65_535 ? null : { user, host, port: number };
}
