import { textOf } from "../../kit/form.tsx";
import { type Content, type Field, holders, members, type Type, types, type Uri } from "../../vault/content.ts";

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

/** What an area says of a text. It writes the breaks of lines in its own way, which is no change. */
const areaOf = (typed: string, old: string | null | undefined): string | null =>
  old && typed === old.replace(/\r\n?/g, "\n") ? old : typed || null;

/** What a form says of a text, in an area or in an input. */
const saidOf = (values: FormData, at: string, old: string | null | undefined): string | null =>
  (areas.has(at) || values.getAll("lines").includes(at) ? areaOf : lineOf)(textOf(values, at), old);

/** What a form says of a field that the person added. Which it was before is in its origin. */
function fieldOf(values: FormData, key: string, before: Content): Field {
  const at = (name: string) => `field.${key}.${name}`;
  const was = before.fields[Number(values.get(at("origin")) ?? Number.NaN)];
  const type = Number(values.get(at("type")));
  const name = lineOf(textOf(values, at("name")), was?.name);
  const kept = { value: null, linkedId: null, ...was, type, name };
  if (type === 2) {
    const isTicked = values.has(at("value"));
    return was && isTicked === (was.value === "true") ? kept : { ...kept, value: String(isTicked) };
  }
  if (type === 3) return { ...kept, linkedId: Number(values.get(at("linked"))) };
  return values.has(at("value")) ? { ...kept, value: saidOf(values, at("value"), was?.value) } : kept;
}

/** What a form says of the websites of a login. */
function urisOf(values: FormData, before: Uri[]): Uri[] {
  const [matches, origins] = [values.getAll("match"), values.getAll("uriOrigin")];
  return values.getAll("uri").flatMap((typed, n) => {
    const was = before[origins[n] ? Number(origins[n]) : -1];
    const line = lineOf(String(typed), was?.uri) ?? "";
    const uri = line === was?.uri ? line : line.trim();
    return uri ? { ...was, uri, match: matches[n] ? Number(matches[n]) : null } : [];
  });
}

/** What every form asks for in several lines. */
const areas: ReadonlySet<string> = new Set(["notes", "sshKey.privateKey", "sshKey.publicKey"]);

/** What an item is to say after a form was filled in. Of what the form did not ask, everything stays. */
export function compose(values: FormData, before: Content): Content {
  const after = { ...structuredClone(before) };
  after.name = lineOf(textOf(values, "name"), before.name) ?? "";
  after.notes = values.has("notes") ? saidOf(values, "notes", before.notes) : before.notes;
  after.favorite = values.has("favorite");
  after.reprompt = values.has("reprompt") ? 1 : 0;
  after.fields = values.getAll("field").map((key) => fieldOf(values, String(key), before));
  if (before.type === types.note) return after;
  const holder = holders[before.type];
  const own = { ...before[holder] } as Record<string, unknown>;
  for (const name of members[holder]) {
    const at = `${holder}.${name}`;
    if (!values.has(at)) continue;
    own[name] = saidOf(values, at, own[name] as string | null) ?? (before.type === types.sshKey ? "" : null);
  }
  if (before.type === types.login) own.uris = urisOf(values, before.login?.uris ?? []);
  return { ...after, [holder]: own };
}
