import { useState } from "react";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { State } from "../../kit/state.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { seesPolicies } from "../../vault/console.ts";
import { type Policy, type Rule, rules } from "../../vault/policies.ts";
import type { Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { PolicyDialog } from "./policy-dialog.tsx";
import { usePolicies } from "./queries.ts";
import { Named } from "./select.tsx";

/** The rules that an organization sets for its members. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("policies.title")} for={seesPolicies}>
      {(organization) => <Policies key={organization.id} by={organization} />}
    </OfOrganization>
  );
}

function Policies({ by }: { by: Membership }) {
  const t = useText();
  const { data: policies, error } = usePolicies(by.id);
  const [open, setOpen] = useState<Rule>();
  const table = (enforced: boolean) => (
    <Table
      label={t(enforced ? "policies.enforced" : "policies.obeyed")}
      columns={columns(t, policies, setOpen)}
      rows={rules.filter((rule) => rule.enforced === enforced)}
      keyOf={({ type }) => String(type)}
    />
  );
  return (
    <Page title={t("policies.title")} lead={t("policies.lead", { name: by.name })}>
      {error && <Problem of={error} />}
      {!error && !policies && <Skeleton lines={8} />}
      {policies && (
        <>
          <Section title={t("policies.enforced")} lead={t("policies.enforcedLead")}>
            {table(true)}
          </Section>
          <Section title={t("policies.obeyed")} lead={t("policies.obeyedLead")}>
            {table(false)}
          </Section>
          {open && <PolicyDialog by={by} rule={open} policies={policies} onClose={() => setOpen(undefined)} />}
        </>
      )}
    </Page>
  );
}

const columns = (
  t: Translate,
  policies: Map<number, Policy> | undefined,
  onOpen: (rule: Rule) => void,
): [Column<Rule>, ...Column<Rule>[]] => [
  {
    id: "name",
    heading: t("policies.policy"),
    cell: (rule) => (
      <Named
        of={{ id: String(rule.type) }}
        name={t(`policyTitle.${rule.type}` as Key)}
        detail={t(`policyText.${rule.type}` as Key)}
        onOpen={() => onOpen(rule)}
      />
    ),
  },
  {
    id: "state",
    heading: t("start.state"),
    cell: ({ type }) => {
      const isOn = policies?.get(type)?.enabled === true;
      return <State tone={isOn ? "good" : "info"}>{t(isOn ? "members.on" : "members.off")}</State>;
    },
  },
];
