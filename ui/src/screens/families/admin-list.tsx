import { useState } from "react";
import { useDate } from "../../kit/moment.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import type { Given } from "./admin.tsx";
import { resend, revoke } from "./calls.ts";
import styles from "./families.module.css";
import { RowMenu } from "./list.tsx";
import { SponsorshipState } from "./state.tsx";

interface AdminListProps {
  of: Given[];
  organization: Membership;
  isSelfHosted: boolean;
}

/** Sponsorships of administrators, with what can be done about them. */
export function AdminList({ of, organization, isSelfHosted }: AdminListProps) {
  const t = useText();
  const after = useAfterChange();
  const [revoking, setRevoking] = useState<Given>();
  const { failure, run } = useAction(async ({ of: one }: Given) => {
    const again = {
      email: one.offeredToEmail ?? one.friendlyName,
      more: { isAdminInitiated: true, ...(one.notes && { notes: one.notes }) },
    };
    await resend(isSelfHosted, organization.id, one.friendlyName, again);
    await after();
    toast(t("families.resent"));
  });
  const columns: [Column<Given>, ...Column<Given>[]] = [
    { id: "to", heading: t("families.to"), cell: ({ of: { friendlyName } }) => friendlyName },
    { id: "state", heading: t("families.state"), cell: ({ of: one }) => <SponsorshipState of={one} /> },
    {
      id: "notes",
      heading: t("freeFamilies.notes"),
      cell: ({ notes }) =>
        notes === null ? <span className={styles.soft}>{t("freeFamilies.unreadable")}</span> : notes || "–",
    },
    {
      id: "actions",
      heading: t("families.actions"),
      cell: (one) => (
        <RowMenu
          name={one.of.friendlyName}
          of={one.of}
          word={t("freeFamilies.revoke")}
          onResend={() => run(one)}
          onRemove={() => setRevoking(one)}
        />
      ),
    },
  ];
  return (
    <>
      <Table label={t("freeFamilies.list")} columns={columns} rows={of} keyOf={({ of: { id } }) => id ?? ""} />
      <Problem of={failure} />
      <Revoke
        of={revoking}
        organizationId={organization.id}
        isSelfHosted={isSelfHosted}
        onClose={() => setRevoking(undefined)}
      />
    </>
  );
}

interface RevokeProps {
  /** Undefined while nothing is asked. */
  of: Given | undefined;
  organizationId: string;
  isSelfHosted: boolean;
  onClose: () => void;
}

function Revoke({ of, organizationId, isSelfHosted, onClose }: RevokeProps) {
  const t = useText();
  const dateOf = useDate();
  const after = useAfterChange();
  const [last, setLast] = useState(of);
  if (of && of !== last) setLast(of); // The words stay while the dialog fades away.
  const one = last?.of;
  const confirm = async () => {
    await revoke(isSelfHosted, organizationId, one?.id ?? "");
    await after();
    toast(t("freeFamilies.revoked"));
  };
  return (
    <Confirm
      open={of !== undefined}
      onClose={onClose}
      onConfirm={confirm}
      title={t("freeFamilies.revokeTitle", { name: one?.friendlyName ?? "" })}
      action={t("freeFamilies.revoke")}
      tone="loss"
    >
      <p>
        {one?.state === "active" && one.date
          ? t("freeFamilies.revokeActive", { date: dateOf(one.date) })
          : t("freeFamilies.revokeOffer")}
      </p>
    </Confirm>
  );
}
