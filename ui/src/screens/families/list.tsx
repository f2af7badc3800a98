import { EllipsisVertical } from "lucide-react";
import { useState } from "react";
import type { SponsorshipView } from "../../api/client.ts";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { useDate } from "../../kit/moment.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { remove, resend } from "./calls.ts";
import { SponsorshipState } from "./state.tsx";

interface ListProps {
  of: SponsorshipView[];
  organizations: Membership[];
  isSelfHosted: boolean;
}

/** What a member gives away, with what can be done about it. */
export function List({ of, organizations, isSelfHosted }: ListProps) {
  const t = useText();
  const after = useAfterChange();
  const [removing, setRemoving] = useState<SponsorshipView>();
  const { failure, run } = useAction(async (one: SponsorshipView) => {
    await resend(isSelfHosted, one.organizationId ?? "", one.friendlyName, { email: one.offeredToEmail });
    await after();
    toast(t("families.resent"));
  });
  const columns: [Column<SponsorshipView>, ...Column<SponsorshipView>[]] = [
    { id: "to", heading: t("families.to"), cell: ({ friendlyName }) => friendlyName },
    {
      id: "organization",
      heading: t("families.organization"),
      cell: ({ organizationId }) => organizations.find(({ id }) => id === organizationId)?.name ?? "–",
    },
    { id: "state", heading: t("families.state"), cell: (one) => <SponsorshipState of={one} /> },
    {
      id: "actions",
      heading: t("families.actions"),
      cell: (one) => (
        <RowMenu name={one.friendlyName} of={one} onResend={() => run(one)} onRemove={() => setRemoving(one)} />
      ),
    },
  ];
  return (
    <>
      <Table label={t("families.list")} columns={columns} rows={of} keyOf={({ id }) => id ?? ""} />
      <Problem of={failure} />
      <Remove of={removing} isSelfHosted={isSelfHosted} onClose={() => setRemoving(undefined)} />
    </>
  );
}

export interface RowMenuProps {
  name: string;
  of: { state: string; code: string | null };
  /** What taking it back is called. */
  word?: string;
  onResend: () => void;
  onRemove: () => void;
}

/** Reports whether an offer may be mailed again: nobody has redeemed it, and it has not ended. */
const isOpen = ({ state, code }: RowMenuProps["of"]): boolean =>
  state === "offered" || (state === "expired" && code === null);

/** Reports whether there is something to take back. */
const isAlive = ({ state, code }: RowMenuProps["of"]): boolean =>
  state !== "ending" && !(state === "expired" && code !== null);

export function RowMenu({ name, of, word, onResend, onRemove }: RowMenuProps) {
  const t = useText();
  if (!isAlive(of)) return null;
  return (
    <Menu trigger={<EllipsisVertical size={20} aria-hidden="true" />} label={t("families.menu", { name })}>
      <MenuGroup>
        {isOpen(of) && <MenuItem onSelect={onResend}>{t("families.resend")}</MenuItem>}
        <MenuItem onSelect={onRemove}>{word ?? t("families.remove")}</MenuItem>
      </MenuGroup>
    </Menu>
  );
}

interface RemoveProps {
  /** Undefined while nothing is asked. */
  of: SponsorshipView | undefined;
  isSelfHosted: boolean;
  onClose: () => void;
}

function Remove({ of, isSelfHosted, onClose }: RemoveProps) {
  const t = useText();
  const dateOf = useDate();
  const after = useAfterChange();
  const [last, setLast] = useState(of);
  if (of && of !== last) setLast(of); // The words stay while the dialog fades away.
  const confirm = async () => {
    await remove(isSelfHosted, last?.organizationId ?? "");
    await after();
    toast(t("families.removed"));
  };
  return (
    <Confirm
      open={of !== undefined}
      onClose={onClose}
      onConfirm={confirm}
      title={t("families.removeTitle", { name: last?.friendlyName ?? "" })}
      action={t("families.remove")}
      tone="loss"
    >
      <p>
        {last?.state === "active" && last.date
          ? t("families.removeActive", { date: dateOf(last.date) })
          : t("families.removeOffer")}
      </p>
      {isSelfHosted && <p>{t("families.removeSync")}</p>}
    </Confirm>
  );
}
