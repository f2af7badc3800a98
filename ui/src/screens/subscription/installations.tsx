import { useState } from "react";
import { Cards } from "../../kit/cards.tsx";
import { Field } from "../../kit/field.tsx";
import { useDate } from "../../kit/moment.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useInstallations } from "./queries.ts";
import styles from "./subscription.module.css";

const another = "another";

export interface InstallationChoiceProps {
  organization: Membership;
  /** One that needs not be offered. */
  except?: string | undefined;
  /** Why the one that was sent cannot be used. */
  error?: string | undefined;
}

/** Which server: one of those that the person knows, or another by its id. Sent as installationId. */
export function InstallationChoice({ organization, except, error }: InstallationChoiceProps) {
  const t = useText();
  const dateOf = useDate();
  const [chosen, setChosen] = useState<string>();
  const { data, isLoading } = useInstallations();
  if (isLoading) return <Skeleton />;
  const known = (data ?? []).flatMap(({ id, enabled, organizations }) => {
    if (!id || !enabled || id === except) return [];
    const at = organizations.find((one) => one.id === organization.id)?.downloadDate;
    const text = at ? t("hosting.downloadedOn", { date: dateOf(at) }) : t("hosting.known");
    return [{ value: id, title: <span className={styles.id}>{id}</span>, text }];
  });
  const value = known.length === 0 ? another : (chosen ?? known[0]?.value ?? another);
  const field = (
    <Field
      label={t("hosting.installation")}
      name="installationId"
      required
      autoComplete="off"
      spellCheck={false}
      error={error}
      code
    />
  );
  if (known.length === 0) return field;
  return (
    <>
      <Cards
        label={t("hosting.which")}
        name="known"
        value={value}
        onChange={setChosen}
        options={[...known, { value: another, title: t("hosting.another") }]}
      />
      {value === another ? field : <input type="hidden" name="installationId" value={value} />}
    </>
  );
}
