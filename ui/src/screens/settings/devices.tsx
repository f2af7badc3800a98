import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type DeviceView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { State } from "../../kit/state.tsx";
import { Hidden, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { deviceIdentifier } from "../../vault/browser.ts";
import { kindOf } from "../../vault/devices.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { NewDevices } from "./new-devices.tsx";
import { Requests } from "./requests.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";

/** Where the person is logged in, and which devices want to be. */
export function Screen() {
  const t = useText();
  const { data, error } = useQuery({
    queryKey: ["devices"],
    queryFn: async () => (await call("GET /api/devices")).data,
  });
  return (
    <Security part="device-management">
      <Requests />
      <Section title={t("devices.title")} lead={t("devices.lead")}>
        {error && <Problem of={error} />}
        {!error && !data && <Skeleton />}
        {data && <Devices of={data} />}
      </Section>
      <NewDevices />
    </Security>
  );
}

function Devices({ of }: { of: DeviceView[] }) {
  const t = useText();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<DeviceView>();
  const own = deviceIdentifier();
  const rows = of.toSorted((a, b) => rank(b, own) - rank(a, own));
  const remove = async () => {
    await call("DELETE /api/devices/{id}", { path: { id: leaving?.id ?? "" } });
    await queries.invalidateQueries({ queryKey: ["devices"] });
    toast(t("devices.removed"));
  };
  return (
    <>
      <Table
        label={t("devices.title")}
        columns={columns(t, own, setLeaving)}
        rows={rows}
        keyOf={({ id }) => id ?? ""}
      />
      <Confirm
        open={leaving !== undefined}
        title={t("devices.removeTitle", { name: leaving ? nameOf(t, leaving.type) : "" })}
        action={t("devices.remove")}
        tone="loss"
        onClose={() => setLeaving(undefined)}
        onConfirm={remove}
      >
        <p>{t("devices.removeLost")}</p>
      </Confirm>
    </>
  );
}

/** This device comes first, then those that were used last. */
const rank = (device: DeviceView, own: string): number =>
  device.identifier === own ? Number.POSITIVE_INFINITY : Date.parse(device.lastActivityDate);

/** What people call a kind of device. */
export function nameOf(t: Translate, type: number): string {
  const { kind, on } = kindOf(type);
  return on ? `${t(`device.${kind}`)} – ${on}` : t(`device.${kind}`);
}

function columns(
  t: Translate,
  own: string,
  onRemove: (device: DeviceView) => void,
): [Column<DeviceView>, ...Column<DeviceView>[]] {
  return [
    {
      id: "name",
      heading: t("devices.device"),
      cell: (device) => (
        <span className={styles.line}>
          {nameOf(t, device.type)}
          {device.identifier === own && <State tone="good">{t("devices.this")}</State>}
          {device.isTrusted && <State tone="info">{t("devices.trusted")}</State>}
        </span>
      ),
    },
    { id: "first", heading: t("devices.first"), cell: ({ creationDate }) => <Moment at={creationDate} /> },
    {
      id: "last",
      heading: t("devices.last"),
      cell: ({ lastActivityDate }) => <Moment at={lastActivityDate} withTime />,
    },
    {
      id: "action",
      heading: t("devices.action"),
      cell: (device) =>
        device.identifier !== own && (
          <Button tone="quiet" onClick={() => onRemove(device)}>
            {t("devices.remove")} <Hidden>{nameOf(t, device.type)}</Hidden>
          </Button>
        ),
    },
  ];
}
