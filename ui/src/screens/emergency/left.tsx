import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { useParams } from "wouter";
import { Button, ButtonLink, OpenButton } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Notice } from "../../kit/notice.tsx";
import { SearchField } from "../../kit/search.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import type { Column } from "../../kit/table.tsx";
import { useText } from "../../text/t.ts";
import { type Left, loadGranted, look, openVault, reveal } from "../../vault/emergency.ts";
import { searched } from "../../vault/rows.ts";
import type { Opened } from "../../vault/wire.ts";
import { Problem } from "../parts/problem.tsx";
import { ItemParts } from "../vault/item-content.tsx";
import { iconOf } from "../vault/item-icon.tsx";
import { Secret } from "../vault/secret.tsx";
import { Totp } from "../vault/totp.tsx";
import styles from "./emergency.module.css";
import { LeftFiles } from "./left-files.tsx";

/** The vault of somebody who let the person in: to be read, and no more. */
export function Screen() {
  const t = useText();
  const { id = "" } = useParams<{ id: string }>();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Left>();
  const wanted = useDeferredValue(search);
  const granted = useQuery({ queryKey: ["emergency", "granted"], queryFn: loadGranted });
  const { data, error } = useQuery({
    queryKey: ["emergency", "vault", id],
    queryFn: () => openVault(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const name = granted.data?.find((contact) => contact.id === id)?.name;
  const rows = data?.map(({ row }) => row) ?? [];
  const shown = new Set(searched(rows, wanted).map((row) => row.id));
  const found = data?.filter(({ row }) => shown.has(row.id)) ?? [];
  return (
    <Page
      title={name ? t("emergency.viewOf", { name }) : t("emergency.viewTitle")}
      lead={t("emergency.viewLead")}
      actions={<ButtonLink href="#/settings/emergency-access">{t("emergency.back")}</ButtonLink>}
    >
      <div className={styles.part}>
        {error && <Problem of={error} />}
        {!error && !data && <Skeleton lines={5} />}
        {data && data.length > 0 && <SearchField label={t("emergency.search")} onSearch={setSearch} />}
        {data?.length === 0 && <Empty title={t("emergency.empty")}>{t("emergency.emptyLead")}</Empty>}
        {data && data.length > 0 && found.length === 0 && <Empty title={t("emergency.noneFound")} />}
        {found.length > 0 && (
          <LongTable
            label={t("emergency.items")}
            columns={columnsOf(t("emergency.item"), t("item.unreadable"), setOpen)}
            rows={found}
            keyOf={({ row }) => row.id}
          />
        )}
      </div>
      {open && <Item of={open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

const columnsOf = (heading: string, unreadable: string, open: (one: Left) => void): [Column<Left>] => [
  {
    id: "name",
    heading,
    cell: (one) => {
      const Icon = iconOf(one.row.type);
      return (
        <span className={styles.person}>
          <Icon size={20} className={styles.icon} aria-hidden="true" />
          <span>
            <OpenButton onClick={() => open(one)}>{one.row.name || unreadable}</OpenButton>
            {one.row.subtitle && <span className={styles.soft}>{one.row.subtitle}</span>}
          </span>
        </span>
      );
    },
  },
];

/** One item, whose secrets are opened one by one. */
function Item({ of, onClose }: { of: Left; onClose: () => void }) {
  const t = useText();
  const [seen, setSeen] = useState<Opened>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    look(of).then(setSeen, setFailure);
  }, [of]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={of.row.name || t("item.unreadable")}
      actions={<Button onClick={onClose}>{t("kit.close")}</Button>}
    >
      {!seen && failure === undefined && <Skeleton lines={4} />}
      {seen && seen.broken.length > 0 && <Notice tone="loss">{t("item.broken")}</Notice>}
      <Problem of={failure} />
      {seen && (
        <ItemParts
          seen={seen}
          secret={(part, label) => <Secret key={part} label={label} get={() => reveal(of, part)} />}
          totp={<Totp get={() => reveal(of, "login.totp")} isGuarded={false} guard={async () => undefined} />}
        />
      )}
      {seen && <LeftFiles of={of} />}
    </Dialog>
  );
}
