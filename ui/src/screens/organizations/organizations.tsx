import { useState } from "react";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { Status } from "../../vault/members.ts";
import type { Membership, Profile } from "../../vault/profile.ts";
import { placesOf, useProfile } from "../frame.tsx";
import { Leave } from "../parts/leave.tsx";
import { OwnFingerprint } from "../parts/own-fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";

/** What a person belongs to, and what waits for somebody else. */
export function Screen() {
  const t = useText();
  const { data: profile, error } = useProfile();
  return (
    <Page
      title={t("start.organizations")}
      lead={t("start.organizationsLead")}
      actions={<ButtonLink href="#/create-organization">{t("found.new")}</ButtonLink>}
    >
      {error && <Problem of={error} />}
      {!error && !profile && <Skeleton />}
      {profile && profile.waiting.length > 0 && <Waiting profile={profile} />}
      {profile && <Organizations of={profile} />}
    </Page>
  );
}

function Organizations({ of: { organizations, waiting } }: { of: Profile }) {
  const t = useText();
  const server = useServer();
  const [leaving, setLeaving] = useState<Membership>();
  const [asking, setAsking] = useState(false);
  const all = [...organizations, ...waiting];
  const leave = (one: Membership) => {
    setLeaving(one);
    setAsking(true);
  };
  const consoleOf = (organization: Membership) =>
    waiting.includes(organization)
      ? undefined
      : placesOf("console", { organization, organizations, server })[0]?.address;
  return (
    <>
      {all.length === 0 ? (
        <Empty title={t("start.none")}>{t("start.noneLead")}</Empty>
      ) : (
        <Table
          label={t("start.organizations")}
          columns={columns(t, consoleOf, leave)}
          rows={all}
          keyOf={({ id }) => id}
        />
      )}
      {leaving && <Leave open={asking} onClose={() => setAsking(false)} organization={leaving} />}
    </>
  );
}

/** What a person does who has accepted an invitation: wait, and be able to say who they are. */
function Waiting({ profile }: { profile: Profile }) {
  const t = useText();
  return (
    <Notice tone="wait" title={t("start.waitingTitle", { names: profile.waiting.map(({ name }) => name).join(", ") })}>
      <p>{t("start.waiting")}</p>
      <OwnFingerprint profile={profile} />
    </Notice>
  );
}

const columns = (
  t: Translate,
  consoleOf: (organization: Membership) => string | undefined,
  leave: (organization: Membership) => void,
): [Column<Membership>, ...Column<Membership>[]] => [
  {
    id: "name",
    heading: t("start.organization"),
    cell: (organization) => {
      const address = consoleOf(organization);
      return address ? <a href={`#${address}`}>{organization.name}</a> : organization.name;
    },
  },
  { id: "role", heading: t("start.role"), cell: ({ type }) => t(`role.${type}` as Key) },
  { id: "state", heading: t("start.state"), cell: (organization) => <Standing of={organization} /> },
  {
    id: "leave",
    heading: t("orgLeave.heading"),
    cell: (organization) =>
      organization.status === Status.confirmed && (
        <Button
          tone="quiet"
          onClick={() => leave(organization)}
          aria-label={t("orgLeave.of", { name: organization.name })}
        >
          {t("orgLeave.action")}
        </Button>
      ),
  },
];

function Standing({ of: { enabled, status } }: { of: Membership }) {
  const t = useText();
  if (!enabled) return <State tone="loss">{t("start.disabled")}</State>;
  if (status !== Status.confirmed) return <State tone="wait">{t("start.unconfirmed")}</State>;
  return <State tone="good">{t("start.enabled")}</State>;
}
