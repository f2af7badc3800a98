import { textOf } from "../../kit/form.tsx";
import { type Content, type Field, type Type, types } from "../../vault/content.ts";
import { holders, members } from "../../vault/wire.ts";

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

/** What a form says of a field that the person added. Which it was before is in its origin. */
function fieldOf(values: FormData, key: string, before: Content): Field {
  const at = (name: string) => `field.${key}.${name}`;
  const was = before.fields[Number(values.get(at("origin")) ?? Number.NaN)];
  const type = Number(values.get(at("type")));
  const name = textOf(values, at("name")) || null;
  if (type === 2) return { type, name, value: String(values.has(at("value"))), linkedId: null };
  if (type === 3) return { type, name, value: was?.value ?? null, linkedId: Number(values.get(at("linked"))) };
  const value = values.has(at("value")) ? textOf(values, at("value")) || null : (was?.value ?? null);
  return { type, name, value, linkedId: null };
}

/** What an item is to say after a form was filled in. Of what the form did not ask, everything stays. */
export function compose(values: FormData, before: Content): Content {
  const after = { ...structuredClone(before) };
  const read = (name: string, old: string | null): string | null =>
    values.has(name) ? textOf(values, name) || null : old;
  after.name = textOf(values, "name");
  after.notes = read("notes", before.notes);
  after.favorite = values.has("favorite");
  after.reprompt = values.has("reprompt") ? 1 : 0;
  after.fields = values.getAll("field").map((key) => fieldOf(values, String(key), before));
  if (before.type === types.note) return after;
  const holder = holders[before.type];
  const own = { ...before[holder] } as Record<string, unknown>;
  for (const name of members[holder]) {
    const old = own[name] as string | null;
    own[name] = read(`${holder}.${name}`, old) ?? (before.type === types.sshKey ? "" : null);
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
