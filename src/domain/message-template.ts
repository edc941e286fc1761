/** `{{field}}` in a text. There is nothing else to it: no conditions, no loops, nothing that a value could start. */

import { MESSAGE_FIELDS, type MessageField, type MessageFields } from "./message.ts";

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What stands in a template as a placeholder and names no field, in the order of the text; `{{` without an end counts as one. */
export function unknownFields(template: string): readonly string[] {
  const unknown = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).filter((name) => !isField(name));
  const rest = template.replace(PLACEHOLDER, "");
  return rest.includes("{{") || rest.includes("}}") ? [...unknown, rest.includes("{{") ? "{{" : "}}"] : unknown;
}

/**
 * The text with its values put in, each escaped for where it goes. A line whose fields are all empty is left out; a value is never read
 * as a template.
 */
export function renderTemplate(template: string, fields: MessageFields, escape: (value: string) => string): string {
  const lines = template.trimEnd().split("\n");
  return lines.flatMap((line) => rendered(line, fields, escape)).join("\n");
}

function rendered(line: string, fields: MessageFields, escape: (value: string) => string): string[] {
  let values = 0;
  let filled = 0;
  const text = line.replace(PLACEHOLDER, (_whole, name: string) => {
    values += 1;
    const value = isField(name) ? fields[name] : "";
    if (value !== "") filled += 1;
    return escape(value);
  });
  return values > 0 && filled === 0 ? [] : [text];
}

function isField(name: string): name is MessageField {
  return Object.hasOwn(MESSAGE_FIELDS, name);
}
