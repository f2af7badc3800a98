import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Field, SecretField, Select } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { changeDerivation } from "../../vault/account.ts";
import { derivation } from "../../vault/session.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./settings.module.css";

type Algorithm = "pbkdf2" | "argon2id";

/** What a server takes, and what is offered first. */
const limits = {
  pbkdf2: { iterations: { min: 600_000, max: 2_000_000, usual: 600_000 } },
  argon2id: {
    iterations: { min: 2, max: 10, usual: 6 },
    memory: { min: 16, max: 1_024, usual: 32 },
    parallelism: { min: 1, max: 16, usual: 4 },
  },
} as const;

/** How much work it is to make the keys of the master password, for its owner and for a guesser. */
export function Derivation() {
  const t = useText();
  const { kdf } = derivation();
  const [algorithm, setAlgorithm] = useState<Algorithm>(kdf.type);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const number = (name: string) => Number(textOf(values, name));
    const iterations = number("iterations");
    await changeDerivation(
      textOf(values, "masterPassword"),
      algorithm === "pbkdf2"
        ? { type: algorithm, iterations }
        : { type: algorithm, iterations, memory: number("memory"), parallelism: number("parallelism") },
    );
  });
  const now: Record<string, number | string> = kdf.type === algorithm ? kdf : {};
  return (
    <Section title={t("kdf.title")} lead={t("kdf.lead")}>
      <div className={styles.fields}>
        <Form onSend={run} label={t("kdf.title")}>
          <Select
            label={t("kdf.algorithm")}
            value={algorithm}
            onChange={({ target }) => setAlgorithm(target.value as Algorithm)}
            options={[
              { value: "pbkdf2", label: "PBKDF2 SHA-256" },
              { value: "argon2id", label: "Argon2id" },
            ]}
          />
          {Object.entries(limits[algorithm]).map(([name, { min, max, usual }]) => (
            <Field
              key={`${algorithm} ${name}`}
              label={t(`kdf.${name as "iterations" | "memory" | "parallelism"}`)}
              hint={t("kdf.limits", { min, max })}
              name={name}
              type="number"
              min={min}
              max={max}
              defaultValue={now[name] ?? usual}
              required
            />
          ))}
          <SecretField
            label={t("signIn.password")}
            name="masterPassword"
            autoComplete="current-password"
            hint={t("kdf.ends")}
          />
          <Problem of={failure} />
          <div>
            <Button type="submit" busy={busy}>
              {t("kdf.change")}
            </Button>
          </div>
        </Form>
      </div>
    </Section>
  );
}
