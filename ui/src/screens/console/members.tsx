import { UserPlus } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Field, Select } from "../../kit/field.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import type { Column } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import type { Group } from "../../vault/collections.ts";
import { seesMembers } from "../../vault/console.ts";
import { type Deed, found, type Member, mayDo, nameOf } from "../../vault/members.ts";
import { type Membership, may } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./console.module.css";
import { Deeds } from "./deeds.tsx";
import { EditMember } from "./edit-member.tsx";
import { Invite } from "./invite.tsx";
import { MemberSheet } from "./member-sheet.tsx";
import { MemberState } from "./member-state.tsx";
import { useGroups, useMembers } from "./queries.ts";
import { Recover } from "./recover.tsx";
import { Named, SelectAll, type Selection, SelectionBar, useSelection } from "./select.tsx";

/** Everyone who belongs to an organization, and what can be done to them. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("members.title")} for={seesMembers}>
      {(organization) => <Members key={organization.id} by={organization} />}
    </OfOrganization>
  );
}

/** What stands in front of the list. */
type Front =
  | { show: "invite" }
  | { show: "member" | "edit" | "recover"; member: Member }
  | { show: Deed; members: Member[] };

const statuses = ["0", "1", "2", "-1"] as const;
const deeds: Deed[] = ["reinvite", "confirm", "restore", "revoke", "remove"];

function Members({ by }: { by: Membership }) {
  const t = useText();
  const { data: members, error } = useMembers(by.id);
  const [front, setFront] = useState<Front>();
  const close = () => setFront(undefined);
  const invites = may(by, "manageUsers") && members && (
    <Button tone="primary" onClick={() => setFront({ show: "invite" })}>
      <UserPlus size={18} aria-hidden="true" />
      {t("members.invite")}
    </Button>
  );
  return (
    <Page title={t("members.title")} lead={t("members.lead", { name: by.name })} actions={invites}>
      {error && <Problem of={error} />}
      {!error && !members && <Skeleton lines={9} />}
      {members && <List by={by} members={members} onFront={setFront} />}
      {front && <InFront front={front} by={by} members={members ?? []} onFront={setFront} onClose={close} />}
    </Page>
  );
}

function InFront({
  front,
  by,
  members,
  onFront,
  onClose,
}: {
  front: Front;
  by: Membership;
  members: Member[];
  onFront: (front: Front) => void;
  onClose: () => void;
}) {
  switch (front.show) {
    case "invite":
      return <Invite by={by} members={members} onClose={onClose} />;
    case "member": {
      const { member } = front;
      const next = (show: Deed | "edit" | "recover") =>
        onFront(show === "edit" || show === "recover" ? { show, member } : { show, members: [member] });
      return <MemberSheet by={by} member={member} onNext={next} onClose={onClose} />;
    }
    case "edit":
      return <EditMember by={by} member={front.member} onClose={onClose} />;
    case "recover":
      return <Recover by={by} member={front.member} onClose={onClose} />;
    default:
      return <Deeds by={by} deed={front.show} members={front.members} onClose={onClose} />;
  }
}

function List({ by, members, onFront }: { by: Membership; members: Member[]; onFront: (front: Front) => void }) {
  const t = useText();
  const { data: groups } = useGroups(by.id, by.useGroups && may(by, "manageGroups"));
  const [typed, setTyped] = useState("");
  const [status, setStatus] = useState("");
  const selection = useSelection(members);
  const search = useDeferredValue(typed);
  const shown = useMemo(
    () => found(members, search, status === "" ? undefined : Number(status)),
    [members, search, status],
  );
  // The rows stay as they are while the person types.
  const table = useMemo(
    () => (
      <LongTable
        label={t("members.title")}
        columns={columns(t, groups, selection, (member) => onFront({ show: "member", member }))}
        rows={shown}
        keyOf={({ id }) => id}
      />
    ),
    [t, groups, selection, shown, onFront],
  );
  return (
    <div className={styles.list}>
      <div className={styles.tools}>
        <Field
          label={t("members.search")}
          type="search"
          autoComplete="off"
          required
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Select
          label={t("members.status")}
          value={status}
          onChange={({ target }) => setStatus(target.value)}
          options={[
            { value: "", label: t("members.all", { count: members.length }) },
            ...statuses.map((value) => ({
              value,
              label: t("members.some", {
                status: t(`memberStatus.${value}`),
                count: members.filter((one) => one.status === Number(value)).length,
              }),
            })),
          ]}
        />
      </div>
      <SelectAll shown={shown} selection={selection} count={t("members.shown", { count: shown.length })} />
      {shown.length === 0 && <Empty title={t("members.none")}>{t("members.noneLead")}</Empty>}
      {shown.length > 0 && table}
      <SelectionBar selection={selection}>
        {deeds.map((deed) => {
          const whom = selection.chosen.filter((member) => mayDo(deed, by, member));
          if (whom.length === 0) return null;
          return (
            <Button key={deed} tone="quiet" onClick={() => onFront({ show: deed, members: whom })}>
              {t("members.some", { status: t(`deed.${deed}`), count: whom.length })}
            </Button>
          );
        })}
      </SelectionBar>
    </div>
  );
}

function columns(
  t: Translate,
  groups: Group[] | undefined,
  selection: Selection<Member>,
  open: (member: Member) => void,
): [Column<Member>, ...Column<Member>[]] {
  const names = new Map(groups?.map(({ id, name }) => [id, name]));
  const groupsOf = (member: Member) => {
    const known = member.groups.flatMap((id) => names.get(id) ?? []);
    return known.length > 2
      ? t("members.andMore", { names: known.slice(0, 2).join(", "), count: known.length - 2 })
      : known.join(", ");
  };
  const withGroups = groups && groups.length > 0;
  return [
    {
      id: "name",
      heading: t("members.member"),
      cell: (member) => (
        <Named
          of={member}
          name={nameOf(member)}
          detail={member.name && member.email}
          selection={selection}
          onOpen={open}
        />
      ),
    },
    { id: "role", heading: t("start.role"), cell: ({ type }) => t(`role.${type}` as Key) },
    { id: "state", heading: t("start.state"), cell: (member) => <MemberState of={member} /> },
    ...(withGroups ? [{ id: "groups", heading: t("members.groups"), cell: (member: Member) => groupsOf(member) }] : []),
    {
      id: "twoStep",
      heading: t("members.twoStep"),
      cell: ({ twoFactorEnabled }) => t(twoFactorEnabled ? "members.on" : "members.off"),
    },
  ];
}
