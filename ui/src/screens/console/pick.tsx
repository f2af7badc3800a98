import { Plus, X } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { Button, IconButton } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { useText } from "../../text/t.ts";
import { type Right, rights } from "../../vault/collections.ts";
import { plain } from "../../vault/members.ts";
import styles from "./pick.module.css";

/** Something that can be chosen: a person, a group, a collection. */
export interface Option {
  id: string;
  name: string;
  /** What tells it apart from others of its name. */
  detail?: string | undefined;
}

/** What is chosen, and with which right; where rights do not count, all have the same. */
export type Chosen = Map<string, Right>;

/** How many matches are shown, and up to how many options need no search. */
const shown = 6;

export interface PickProps {
  heading: string;
  /** What the field that looks for more is called. */
  search: string;
  /** What stands there when nothing is chosen. */
  none: string;
  options: Option[];
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
  /** Whether each has a right of its own. */
  withRights?: boolean;
}

/** Some of many, which are found by typing a part of their name. */
export function Pick({ heading, search, none, options, chosen, onChange, withRights }: PickProps) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const wanted = plain(useDeferredValue(typed).trim());
  const left = options.filter(({ id }) => !chosen.has(id));
  const isFound = ({ name, detail = "" }: Option) => plain(`${name} ${detail}`).includes(wanted);
  const matches = wanted || left.length <= shown ? left.filter(isFound).slice(0, shown) : [];
  const set = (id: string, right: Right | undefined) => {
    const next = new Map(chosen);
    if (right) next.set(id, right);
    else next.delete(id);
    onChange(next);
  };
  const add = (id: string) => {
    set(id, withRights ? "edit" : "view");
    setTyped("");
    field.current?.focus();
  };
  const picked = options.filter(({ id }) => chosen.has(id));
  return (
    <fieldset className={styles.pick}>
      <legend>{heading}</legend>
      {picked.length === 0 && <p className={styles.soft}>{none}</p>}
      {picked.length > 0 && (
        <ul className={styles.chosen}>
          {picked.map((option) => (
            <li key={option.id}>
              <Name of={option} />
              {withRights && (
                <select
                  aria-label={t("pick.right", { name: option.name })}
                  value={chosen.get(option.id)}
                  onChange={({ target }) => set(option.id, target.value as Right)}
                >
                  {rights.map((right) => (
                    <option key={right} value={right}>
                      {t(`right.${right}`)}
                    </option>
                  ))}
                </select>
              )}
              <IconButton label={t("pick.remove", { name: option.name })} onClick={() => set(option.id, undefined)}>
                <X size={18} aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {left.length > shown && (
        <Field
          ref={field}
          label={search}
          type="search"
          autoComplete="off"
          required
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onKeyDown={(event) => {
            // The form around is not what Enter is meant for here.
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (matches[0] && wanted) add(matches[0].id);
          }}
        />
      )}
      {matches.length > 0 && (
        <ul className={styles.matches} aria-label={search}>
          {matches.map((option) => (
            <li key={option.id}>
              <Button
                tone="quiet"
                aria-label={t("pick.add", { name: [option.name, option.detail].filter(Boolean).join(" ") })}
                onClick={() => add(option.id)}
              >
                <Plus size={18} aria-hidden="true" />
                <Name of={option} />
              </Button>
            </li>
          ))}
        </ul>
      )}
      {wanted && matches.length === 0 && (
        <p className={styles.soft} role="status">
          {t("pick.noMatch")}
        </p>
      )}
    </fieldset>
  );
}

const Name = ({ of: { name, detail } }: { of: Option }) => (
  <span className={styles.name}>
    {`${name} `}
    {detail && <span className={styles.soft}>{detail}</span>}
  </span>
);
