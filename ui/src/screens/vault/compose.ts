import { textOf } from "../../kit/form.tsx";
import { type Content, type Field, holders, members, type Type, types } from "../../vault/content.ts";

/** An item that says nothing yet. */
export function blank(type: Type): Content {
  const content: Content = {
    type,
    name: "",
    notes: null,
    favorite: false,
    reprompt: 0,
    fields: [],
    passwordHistory: [],
  };
  if (type === types.note) return content;
  const holder = holders[type];
  const empty = Object.fromEntries(members[holder].map((name) => [name, type === types.sshKey ? "" : null]));
  return { ...content, [holder]: type === types.login ? { ...empty, uris: [] } : empty };
}

/**
 * What an input says of a text. It cannot hold the breaks of lines that other clients allow, so what came back
 * without them, and else as it was, stays as it was.
 */
const lineOf = (typed: string, old: string | null | undefined): string | null =>
  old && typed === old.replace(/[\r\n]/g, "") ? old : typed || null;

/** What a form says of a field that the person added. Which it was before is in its origin. */
function fieldOf(values: FormData, key: string, before: Content): Field {
  const at = (name: string) => `field.${key}.${name}`;
  const was = before.fields[Number(values.get(at("origin")) ?? Number.NaN)];
  const type = Number(values.get(at("type")));
  const name = lineOf(textOf(values, at("name")), was?.name);
  if (type === 2) return { type, name, value: String(values.has(at("value"))), linkedId: null };
  if (type === 3) return { type, name, value: was?.value ?? null, linkedId: Number(values.get(at("linked"))) };
  const value = values.has(at("value")) ? lineOf(textOf(values, at("value")), was?.value) : (was?.value ?? null);
  return { type, name, value, linkedId: null };
}

/** What the form asks for in several lines. */
const areas: ReadonlySet<string> = new Set(["sshKey.privateKey", "sshKey.publicKey"]);

/** What an item is to say after a form was filled in. Of what the form did not ask, everything stays. */
export function compose(values: FormData, before: Content): Content {
  const after = { ...structuredClone(before) };
  after.name = lineOf(textOf(values, "name"), before.name) ?? "";
  after.notes = values.has("notes") ? textOf(values, "notes") || null : before.notes;
  after.favorite = values.has("favorite");
  after.reprompt = values.has("reprompt") ? 1 : 0;
  after.fields = values.getAll("field").map((key) => fieldOf(values, String(key), before));
  if (before.type === types.note) return after;
  const holder = holders[before.type];
  const own = { ...before[holder] } as Record<string, unknown>;
  for (const name of members[holder]) {
    const at = `${holder}.${name}`;
    if (!values.has(at)) continue;
    const typed = textOf(values, at);
    const said = areas.has(at) ? typed || null : lineOf(typed, own[name] as string | null);
    own[name] = said ?? (before.type === types.sshKey ? "" : null);
  }
  if (before.type === types.login) {
    const matches = values.getAll("match");
    own.uris = values
      .getAll("uri")
      .map((uri, n) => ({ uri: String(uri).trim(), match: matches[n] ? Number(matches[n]) : null }))
      .filter(({ uri }) => uri);
  }
  return { ...after, [holder]: own };
}
