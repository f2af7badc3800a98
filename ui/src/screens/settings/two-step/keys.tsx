import { useState } from "react";
import { Button } from "../../../kit/button.tsx";
import { Field } from "../../../kit/field.tsx";
import { textOf } from "../../../kit/form.tsx";
import { toast } from "../../../kit/toast.tsx";
import { useAction } from "../../../kit/use-action.ts";
import { useText } from "../../../text/t.ts";
import { addKey, type DetailOf, removeKey } from "../../../vault/two-step.ts";
import styles from "../settings.module.css";
import { MethodDialog, type MethodProps } from "./method.tsx";

/** Security keys, each with a name. */
export function KeysDialog({ detail, onClose }: MethodProps<DetailOf<"keys">>) {
  const t = useText();
  const [now, setNow] = useState(detail.now);
  const current = { ...detail, now };
  const remove = useAction(async (id: number) => setNow(await removeKey(current, id)));
  const add = async (values: FormData) => {
    setNow(await addKey(current, textOf(values, "name").trim()));
    toast(t("secondStep.keyAdded"));
    return false;
  };
  return (
    <MethodDialog
      detail={current}
      onClose={onClose}
      onSend={add}
      action={t("secondStep.keyAdd")}
      failure={remove.failure}
    >
      {now.keys.length > 0 && (
        <ul className={styles.keys}>
          {now.keys.map(({ id, name }) => (
            <li key={id}>
              <span className={styles.strong}>{name || t("secondStep.keyUnnamed", { number: id })}</span>
              {now.keys.length > 1 && (
                <Button
                  tone="quiet"
                  aria-label={t("secondStep.keyRemove", { name })}
                  busy={remove.busy}
                  onClick={() => remove.run(id)}
                >
                  {t("devices.remove")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Field
        key={now.keys.length}
        label={t("secondStep.keyName")}
        name="name"
        maxLength={50}
        hint={t("secondStep.keyHint")}
        autoComplete="off"
        required
      />
    </MethodDialog>
  );
}
