import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OperatorOrganizationView as Organization } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { SearchField } from "../../kit/search.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { type Key, type Translate, useLanguage, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Actions, Listing, Named } from "./listing.tsx";

/** Every organization of the server. */
export function Screen() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const [search, setSearch] = useState("");
  const [disabling, setDisabling] = useState<Organization>();
  const change = async ({ id, name }: Organization, isOn: boolean) => {
    const path = { id: id ?? "" };
    const { enabled } = isOn
      ? await ask("POST /admin/api/organizations/{id}/enable", { path })
      : await ask("POST /admin/api/organizations/{id}/disable", { path });
    await queries.invalidateQueries({ queryKey: ["organizations"] });
    toast(t(!isOn ? "operator.disableDone" : enabled ? "operator.enableDone" : "operator.enableHeld", { name }));
  };
  return (
    <Page title={t("operator.organizations")} lead={t("operator.organizationsLead")}>
      <SearchField label={t("operator.organizationsSearch")} onSearch={setSearch} />
      <Listing
        name="organizations"
        label={t("operator.organizations")}
        load={(query) => ask("GET /admin/api/organizations", { query })}
        search={search}
        columns={columns(t, language, setDisabling, (one) => change(one, true))}
        keyOf={({ id }) => id ?? ""}
        empty={{ title: t("operator.organizationsNone"), text: t("operator.organizationsNoneLead") }}
      />
      <Confirm
        open={disabling !== undefined}
        title={t("operator.disableTitle", { name: disabling?.name ?? "" })}
        action={t("operator.disable")}
        tone="loss"
        onClose={() => setDisabling(undefined)}
        onConfirm={async () => disabling && change(disabling, false)}
      >
        <p>{t("operator.disableLead")}</p>
      </Confirm>
    </Page>
  );
}

const columns = (
  t: Translate,
  language: string,
  onDisable: (one: Organization) => void,
  onEnable: (one: Organization) => void,
): [Column<Organization>, ...Column<Organization>[]] => [
  {
    id: "name",
    heading: t("operator.organization"),
    cell: ({ name, billingEmail }) => <Named name={name} more={billingEmail} />,
  },
  { id: "plan", heading: t("operator.plan"), cell: ({ plan }) => plan },
  {
    id: "members",
    heading: t("operator.members"),
    number: true,
    cell: ({ members, seats }) => (seats === null ? members : t("operator.membersOf", { members, seats })),
  },
  {
    id: "basis",
    heading: t("operator.basis"),
    cell: (one) => <Named name={standing(t, one)} more={ending(t, language, one)} />,
  },
  { id: "state", heading: t("operator.state"), cell: (one) => <Now of={one} /> },
  {
    id: "action",
    heading: t("operator.action"),
    number: true,
    cell: (one) => (
      <Actions>
        {one.suspended ? (
          <Button tone="quiet" onClick={() => onEnable(one)} aria-label={t("operator.enableNamed", { name: one.name })}>
            {t("operator.enable")}
          </Button>
        ) : (
          <Button
            tone="quiet"
            onClick={() => onDisable(one)}
            aria-label={t("operator.disableNamed", { name: one.name })}
          >
            {t("operator.disable")}
          </Button>
        )}
      </Actions>
    ),
  },
];

/** What an organization stands on, and how that stands. */
function standing(t: Translate, { basis, subscription }: Organization): string {
  if (!subscription) return t(`operator.basis.${basis}` as Key);
  const status = t(`operator.status.${subscription.status}` as Key);
  return subscription.sponsored ? `${status}, ${t("operator.sponsored")}` : status;
}

function ending(t: Translate, language: string, { subscription, expirationDate }: Organization): string {
  const at = subscription?.periodEndDate ?? expirationDate;
  if (!at) return "";
  return t("operator.until", { date: new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(at)) });
}

function Now({ of: { enabled, suspended } }: { of: Organization }) {
  const t = useText();
  if (suspended) return <State tone="loss">{t("operator.suspended")}</State>;
  if (!enabled) return <State tone="wait">{t("operator.disabled")}</State>;
  return <State tone="good">{t("operator.enabled")}</State>;
}
