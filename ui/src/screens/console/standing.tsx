import { useState } from "react";
import type { OrgPermissions } from "../../api/client.ts";
import { Cards } from "../../kit/cards.tsx";
import { Check } from "../../kit/field.tsx";
import { useText } from "../../text/t.ts";
import { rightOf, selectionOf } from "../../vault/collections.ts";
import { outranks } from "../../vault/console.ts";
import { custom, type Standing } from "../../vault/members.ts";
import { isAdministrator, type Membership } from "../../vault/profile.ts";
import styles from "./console.module.css";
import { type Chosen, type Option, Pick } from "./pick.tsx";
import { useCollections, useGroups } from "./queries.ts";

/** The rights of their own that mean something on this server. */
const permissions = [
  "manageUsers",
  "manageGroups",
  "manageResetPassword",
  "managePolicies",
  "createNewCollections",
  "editAnyCollection",
  "deleteAnyCollection",
  "accessEventLogs",
  "accessReports",
  "accessImportExport",
] as const satisfies (keyof OrgPermissions)[];

const roles = ["2", "4", "1", "0"] as const;
type Role = (typeof roles)[number];

/** What a person chooses of somebody's standing, and what it comes to. */
export interface Draft {
  role: Role;
  permissions: OrgPermissions;
  groups: Chosen;
  collections: Chosen;
}

export const draftOf = ({ type, permissions: held, groups, collections }: Standing): Draft => ({
  role: String(type) as Role,
  permissions: held,
  groups: new Map(groups.map((id) => [id, "view"])),
  collections: new Map(collections.map((one) => [one.id ?? "", rightOf(one)])),
});

export const standingOf = ({ role, permissions: held, groups, collections }: Draft): Standing => ({
  type: Number(role),
  permissions: Number(role) === custom ? held : {},
  groups: [...groups.keys()],
  collections: [...collections].map(([id, right]) => selectionOf(id, right)),
});

export function useDraft(of: Standing): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => draftOf(of));
  return [draft, (change) => setDraft((before) => ({ ...before, ...change }))];
}

/** Role, rights, groups and collections of somebody. */
export function StandingFields({
  by,
  draft,
  onChange,
}: {
  by: Membership;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}) {
  const t = useText();
  const { data: groups } = useGroups(by.id, by.useGroups);
  const { data: collections } = useCollections(by.id);
  const given = roles.filter((role) => outranks(by, Number(role)) && (role !== "4" || by.useCustomPermissions));
  const mayGive = (right: keyof OrgPermissions) => isAdministrator(by) || by.permissions[right] === true;
  const shared = (collections ?? []).filter(({ type }) => type === 0);
  return (
    <>
      <Cards<Role>
        label={t("members.role")}
        name="role"
        value={draft.role}
        onChange={(role) => onChange({ role })}
        options={given.map((value) => ({ value, title: t(`role.${value}`), text: t(`roleText.${value}`) }))}
      />
      {draft.role === "4" && (
        <fieldset className={styles.rights}>
          <legend>{t("members.rights")}</legend>
          {permissions.filter(mayGive).map((right) => (
            <Check
              key={right}
              label={t(`permission.${right}`)}
              checked={draft.permissions[right] === true}
              onChange={({ target }) => onChange({ permissions: { ...draft.permissions, [right]: target.checked } })}
            />
          ))}
        </fieldset>
      )}
      {by.useGroups && (groups?.length ?? 0) > 0 && (
        <Pick
          heading={t("members.groups")}
          search={t("members.addGroup")}
          none={t("members.noGroup")}
          options={groups ?? []}
          chosen={draft.groups}
          onChange={(chosen) => onChange({ groups: chosen })}
        />
      )}
      <Pick
        heading={t("members.collections")}
        search={t("members.addCollection")}
        none={t("members.noCollection")}
        options={shared.map((one): Option => ({ id: one.id, name: one.name ?? t("collections.unreadable") }))}
        chosen={draft.collections}
        onChange={(chosen) => onChange({ collections: chosen })}
        withRights
      />
    </>
  );
}
