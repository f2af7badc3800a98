import { useState } from "react";
import { Check, Field, Select } from "../../kit/field.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Key, useText } from "../../text/t.ts";
import { Status } from "../../vault/members.ts";
import {
  type Detail,
  dataOf,
  type Policy,
  type Rule,
  rules,
  SingleOrganization,
  savePolicy,
  TwoStep,
} from "../../vault/policies.ts";
import { isAdministrator, type Membership, may } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./console.module.css";
import { useForget, useMembers } from "./queries.ts";

export interface PolicyDialogProps {
  by: Membership;
  rule: Rule;
  policies: Map<number, Policy>;
  onClose: () => void;
}

/** Switches a rule on or off, says what it demands, and tells before what will happen to whom. */
export function PolicyDialog({ by, rule, policies, onClose }: PolicyDialogProps) {
  const t = useText();
  const forget = useForget(by.id);
  const before = policies.get(rule.type);
  const [enabled, setEnabled] = useState(before?.enabled === true);
  const title = t(`policyTitle.${rule.type}` as Key);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const data = enabled ? dataOf(rule, before?.data ?? {}, values) : (before?.data ?? null);
    await savePolicy(by.id, { type: rule.type, enabled }, data, t("collections.mine"));
    onClose();
    toast(t("policies.saved", { name: title }));
    await forget();
  });
  return (
    <FormDialog open onClose={onClose} title={title} action={t("console.save")} busy={busy} onSend={run}>
      <p>{t(`policyText.${rule.type}` as Key)}</p>
      <Check label={t("policies.switch")} checked={enabled} onChange={({ target }) => setEnabled(target.checked)} />
      {enabled && rule.details.length > 0 && (
        <div className={styles.list}>
          {rule.details.map((detail) => (
            <DetailField key={detail.name} of={detail} value={before?.data[detail.name]} />
          ))}
        </div>
      )}
      {enabled && !before?.enabled && <Effect by={by} rule={rule} policies={policies} />}
      {!enabled && before?.enabled && rule.type === SingleOrganization && <StillNeeded policies={policies} />}
      <Problem of={failure} />
    </FormDialog>
  );
}

/** What happens once the rule is on. */
function Effect({ by, rule, policies }: Pick<PolicyDialogProps, "by" | "rule" | "policies">) {
  const t = useText();
  const needed = rule.needs !== undefined && !policies.get(rule.needs)?.enabled ? rule.needs : undefined;
  return (
    <>
      {needed !== undefined && (
        <Notice tone="loss">{t("policies.needs", { name: t(`policyTitle.${needed}` as Key) })}</Notice>
      )}
      <Notice tone="wait" title={t("policies.effect")}>
        <p>{t(`policyEffect.${rule.type}` as Key)}</p>
        {rule.type === TwoStep && may(by, "manageUsers") && <WithoutTwoStep by={by} />}
      </Notice>
    </>
  );
}

/** How many members the demand of two steps revokes: whom the server finds without, but no administrator. */
function WithoutTwoStep({ by }: { by: Membership }) {
  const t = useText();
  const { data: members } = useMembers(by.id);
  const without = members?.filter(
    ({ id, type, status, twoFactorEnabled }) =>
      !isAdministrator({ type } as Membership) &&
      id !== by.organizationUserId &&
      (status === Status.accepted || status === Status.confirmed) &&
      !twoFactorEnabled,
  );
  return without ? <p>{t("policies.revoked", { count: without.length })}</p> : null;
}

function StillNeeded({ policies }: { policies: Map<number, Policy> }) {
  const t = useText();
  const needing = rules.filter(({ type, needs }) => needs === SingleOrganization && policies.get(type)?.enabled);
  if (needing.length === 0) return null;
  const names = needing.map(({ type }) => t(`policyTitle.${type}` as Key)).join(", ");
  return <Notice tone="loss">{t("policies.stillNeeded", { names })}</Notice>;
}

function DetailField({ of: detail, value }: { of: Detail; value: unknown }) {
  const t = useText();
  const label = t(`policyDetail.${detail.name}` as Key);
  switch (detail.kind) {
    case "flag":
      return <Check label={label} name={detail.name} defaultChecked={value === true} />;
    case "choice":
      return (
        <Select
          label={label}
          name={detail.name}
          defaultValue={String(value ?? detail.values[0])}
          options={detail.values.map((one) => ({
            value: one,
            label: t(`policyChoice.${detail.name}-${one}` as Key),
          }))}
        />
      );
    case "number":
      return (
        <Field
          label={label}
          name={detail.name}
          type="number"
          inputMode="numeric"
          min={detail.from}
          max={detail.to}
          defaultValue={typeof value === "number" ? value : undefined}
        />
      );
    case "text":
      return (
        <Field
          label={label}
          name={detail.name}
          maxLength={1000}
          autoComplete="off"
          defaultValue={typeof value === "string" ? value : undefined}
        />
      );
  }
}
