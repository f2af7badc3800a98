import { Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "../../kit/button.tsx";
import { Check, Field, Select } from "../../kit/field.tsx";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { type Key, useText } from "../../text/t.ts";
import { type Field as Custom, type Type, types } from "../../vault/content.ts";
import styles from "./item.module.css";
import { linked } from "./item-content.tsx";
import { Lines } from "./lines.tsx";
import { type About, SecretInput } from "./secret-input.tsx";

/** A field that the person added; origin is where it stood before. */
interface Row extends Custom {
  key: number;
  origin: number | undefined;
}

/** The kinds of fields, as clients number them: text, hidden, yes or no, and the value of another part. */
const kinds = [0, 1, 2, 3] as const;

/** What an item says beside what its type has. */
export function FieldRows({ type, ...about }: About & { type: Type }) {
  const t = useText();
  const last = useRef(0);
  const [rows, setRows] = useState<Row[]>(() =>
    about.seen.content.fields.map((field, origin) => ({ ...field, origin, key: ++last.current })),
  );
  const add = (kind: number) =>
    setRows([...rows, { type: kind, name: null, value: null, linkedId: null, origin: undefined, key: ++last.current }]);
  const offered = kinds.filter((kind) => kind !== 3 || type in linked);
  return (
    <fieldset className={styles.rows}>
      <legend>{t("item.fields")}</legend>
      {rows.map((row, n) => (
        <div key={row.key} className={styles.custom}>
          <input type="hidden" name="field" value={row.key} />
          <input type="hidden" name={`field.${row.key}.type`} value={row.type} />
          {row.origin !== undefined && <input type="hidden" name={`field.${row.key}.origin`} value={row.origin} />}
          <div className={styles.row}>
            <Field
              label={t("item.fieldName", { number: n + 1 })}
              name={`field.${row.key}.name`}
              required
              autoComplete="off"
              maxLength={700}
              defaultValue={row.name ?? ""}
            />
            <IconButton
              label={t("item.removeField", { number: n + 1 })}
              onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}
            >
              <Trash2 size={18} aria-hidden="true" />
            </IconButton>
          </div>
          <FieldValue row={row} number={n + 1} type={type} about={about} />
        </div>
      ))}
      <div>
        <Menu
          trigger={
            <>
              <Plus size={18} aria-hidden="true" />
              {t("item.addField")}
            </>
          }
          align="start"
        >
          <MenuGroup>
            {offered.map((kind) => (
              <MenuItem key={kind} onSelect={() => add(kind)}>
                {t(`item.fieldType.${kind}`)}
              </MenuItem>
            ))}
          </MenuGroup>
        </Menu>
      </div>
    </fieldset>
  );
}

interface FieldValueProps {
  row: Row;
  number: number;
  type: Type;
  about: About;
}

function FieldValue({ row, number, type, about }: FieldValueProps) {
  const t = useText();
  const name = `field.${row.key}.value`;
  const label = t("item.fieldValue", { number });
  if (row.type === 1) {
    return (
      <SecretInput label={label} name={name} part={row.origin === undefined ? "" : `fields.${row.origin}`} {...about} />
    );
  }
  if (row.type === 2)
    return <Check name={name} label={t("item.fieldYes", { number })} defaultChecked={row.value === "true"} />;
  if (row.type === 3) {
    const options = Object.entries(linked[type] ?? linked[types.login] ?? {}).map(([value, part]) => ({
      value,
      label: t(`item.part.${part}` as Key),
    }));
    const chosen = String(row.linkedId ?? options[0]?.value);
    if (!options.some(({ value }) => value === chosen)) options.push({ value: chosen, label: t("item.linkedUnknown") });
    return (
      <Select
        label={t("item.fieldLinked", { number })}
        name={`field.${row.key}.linked`}
        defaultValue={chosen}
        options={options}
      />
    );
  }
  return <Lines label={label} name={name} maxLength={3_600} of={row.value} />;
}
