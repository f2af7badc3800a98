import { ButtonLink } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";

/** What a person sees first: who they are here, and what they belong to. */
export function Screen() {
  const t = useText();
  const { data: profile, error } = useProfile();
  if (error) {
    return (
      <Page title={t("place.start")}>
        <Problem of={error} />
      </Page>
    );
  }
  if (!profile) {
    return (
      <Page title={t("place.start")}>
        <Skeleton />
      </Page>
    );
  }
  return (
    <Page
      title={t("start.title", { name: profile.name || profile.email })}
      lead={t("start.lead", { email: profile.email })}
      actions={<ButtonLink href="#/create-organization">{t("found.new")}</ButtonLink>}
    >
      <Section title={t("start.organizations")} lead={t("start.organizationsLead")}>
        <Organizations of={profile.organizations} />
      </Section>
    </Page>
  );
}

function Organizations({ of }: { of: Membership[] }) {
  const t = useText();
  if (of.length === 0) return <Empty title={t("start.none")}>{t("start.noneLead")}</Empty>;
  return <Table label={t("start.organizations")} columns={columns(t)} rows={of} keyOf={({ id }) => id} />;
}

const columns = (t: Translate): [Column<Membership>, ...Column<Membership>[]] => [
  { id: "name", heading: t("start.organization"), cell: ({ name }) => name },
  { id: "role", heading: t("start.role"), cell: ({ type }) => t(`role.${type}` as Key) },
  { id: "state", heading: t("start.state"), cell: ({ enabled }) => t(enabled ? "start.enabled" : "start.disabled") },
];
