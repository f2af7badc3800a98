import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, type SponsorshipInviteView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { download } from "../../kit/download.ts";
import { Field, Select } from "../../kit/field.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Facts } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Key, useText } from "../../text/t.ts";
import { type Membership, may } from "../../vault/profile.ts";
import { keyring } from "../../vault/session.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { Seats } from "../subscription/cloud.tsx";
import { useSeatsUsed } from "../subscription/queries.ts";
import { AddSponsorship } from "./add.tsx";
import { AdminList } from "./admin-list.tsx";
import { AddList } from "./bulk.tsx";
import styles from "./families.module.css";
import { isAwaiting } from "./state.tsx";

/** A sponsorship that administrators give, with what they wrote about it; null is what cannot be read. */
export interface Given {
  of: SponsorshipInviteView;
  notes: string | null;
}

/** What the administrators of an organization give away. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("freeFamilies.title")} for={(one) => may(one, "manageUsers")}>
      {(organization) =>
        organization.useAdminSponsoredFamilies ? (
          <Content organization={organization} key={organization.id} />
        ) : (
          <Page title={t("freeFamilies.title")}>
            <Empty title={t("freeFamilies.notAllowed")}>{t("freeFamilies.notAllowedLead")}</Empty>
          </Page>
        )
      }
    </OfOrganization>
  );
}

/** The sponsorships of an organization, with their notes opened. */
async function askGiven(isSelfHosted: boolean, orgId: string): Promise<Given[]> {
  const input = { path: { orgId } };
  const { data } = await (isSelfHosted
    ? call("GET /api/organization/sponsorship/self-hosted/{orgId}/sponsored", input)
    : call("GET /api/organization/sponsorship/{orgId}/sponsored", input));
  const written = data.filter(({ notes }) => notes);
  const read = await keyring().decrypt(
    written.map(({ notes }) => notes ?? ""),
    orgId,
  );
  return data.map((of) => ({ of, notes: of.notes ? (read[written.indexOf(of)] ?? null) : "" }));
}

type Open = "add" | "list";

function Content({ organization }: { organization: Membership }) {
  const t = useText();
  const server = useServer();
  const [open, setOpen] = useState<Open>();
  const { id, name } = organization;
  const isSelfHosted = server?.selfHosted === true;
  const { data, error } = useQuery({
    queryKey: ["organization", id, "given"],
    queryFn: () => askGiven(isSelfHosted, id),
    enabled: server !== undefined,
  });
  const close = () => setOpen(undefined);
  return (
    <Page
      title={t("freeFamilies.title")}
      lead={t("freeFamilies.lead", { name })}
      actions={
        <>
          <Button onClick={() => setOpen("list")}>{t("freeFamilies.bulk")}</Button>
          <Button tone="primary" onClick={() => setOpen("add")}>
            {t("freeFamilies.add")}
          </Button>
        </>
      }
    >
      {error && <Problem of={error} />}
      {!error && !data && <Skeleton lines={4} />}
      {data && <All of={data} organization={organization} isSelfHosted={isSelfHosted} />}
      <AddSponsorship open={open === "add"} onClose={close} organization={organization} isSelfHosted={isSelfHosted} />
      <AddList open={open === "list"} onClose={close} organization={organization} isSelfHosted={isSelfHosted} />
    </Page>
  );
}

const filters = ["all", "awaiting", "offered", "active", "ending", "refused", "expired"] as const;
type Filter = (typeof filters)[number];

function passes({ of }: Given, filter: Filter): boolean {
  if (filter === "all") return true;
  return filter === (isAwaiting(of) ? "awaiting" : of.state);
}

function matches({ of, notes }: Given, wanted: string): boolean {
  const text = `${of.friendlyName}\n${of.offeredToEmail ?? ""}\n${notes ?? ""}`.toLowerCase();
  return text.includes(wanted.trim().toLowerCase());
}

interface AllProps {
  of: Given[];
  organization: Membership;
  isSelfHosted: boolean;
}

function All({ of, organization, isSelfHosted }: AllProps) {
  const t = useText();
  const used = useSeatsUsed(organization.id);
  const [filter, setFilter] = useState<Filter>("all");
  const [wanted, setWanted] = useState("");
  const shown = of.filter((one) => passes(one, filter) && matches(one, wanted));
  const taking = of.filter(({ of: { state } }) => state !== "refused" && state !== "expired").length;
  return (
    <Section title={t("freeFamilies.list")}>
      <Facts
        of={[
          { name: t("freeFamilies.seats"), value: <Seats used={used} seats={organization.seats} /> },
          { name: t("freeFamilies.taken"), value: taking },
        ]}
      />
      {of.length === 0 ? (
        <Empty title={t("freeFamilies.none")}>{t("freeFamilies.noneLead")}</Empty>
      ) : (
        <>
          <div className={styles.tools}>
            <Field
              type="search"
              label={t("freeFamilies.search")}
              hint={t("freeFamilies.searchHint")}
              value={wanted}
              onChange={({ target }) => setWanted(target.value)}
              required
            />
            <Select
              label={t("freeFamilies.filter")}
              value={filter}
              onChange={({ target }) => setFilter(target.value as Filter)}
              options={filters.map((value) => ({ value, label: t(`freeFamilies.filter.${value}` as Key) }))}
            />
          </div>
          {shown.length === 0 ? (
            <Empty title={t("freeFamilies.nothingFound")}>{t("freeFamilies.nothingFoundLead")}</Empty>
          ) : (
            <AdminList of={shown} organization={organization} isSelfHosted={isSelfHosted} />
          )}
          <Export organization={organization} />
        </>
      )}
    </Section>
  );
}

function Export({ organization }: { organization: Membership }) {
  const t = useText();
  const { busy, failure, run } = useAction(async () => {
    const path = { id: organization.id };
    const table = await call("GET /api/organizations/{id}/sponsorships/export", { path });
    // Without the mark at its beginning a spreadsheet takes it for another encoding.
    download("sponsorships.csv", "text/csv;charset=utf-8", `\ufeff${await (table as Blob).text()}`);
    toast(t("freeFamilies.exported"));
  });
  return (
    <>
      <div>
        <Button onClick={run} busy={busy}>
          {t("freeFamilies.export")}
        </Button>
      </div>
      <Problem of={failure} />
    </>
  );
}
