import { useState } from "react";
import type { OperatorPersonView as Person } from "../../api/client.ts";
import { Screen as Page } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { SearchField } from "../../kit/search.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Listing, Named } from "./listing.tsx";

/** Everybody with an account. */
export function Screen() {
  const t = useText();
  const [search, setSearch] = useState("");
  return (
    <Page title={t("operator.people")} lead={t("operator.peopleLead")}>
      <SearchField label={t("operator.peopleSearch")} onSearch={setSearch} />
      <Listing
        name="people"
        label={t("operator.people")}
        load={(query) => ask("GET /admin/api/people", { query })}
        search={search}
        columns={columns(t)}
        keyOf={({ id }) => id ?? ""}
        empty={{ title: t("operator.peopleNone"), text: t("operator.peopleNoneLead") }}
      />
    </Page>
  );
}

const columns = (t: Translate): [Column<Person>, ...Column<Person>[]] => [
  { id: "person", heading: t("operator.person"), cell: ({ email, name }) => <Named name={email} more={name} /> },
  { id: "created", heading: t("operator.created"), cell: ({ creationDate }) => <Moment at={creationDate} brief /> },
  {
    id: "address",
    heading: t("operator.address"),
    cell: ({ emailVerified }) => (
      <State tone={emailVerified ? "good" : "wait"}>
        {t(emailVerified ? "operator.verified" : "operator.unverified")}
      </State>
    ),
  },
  {
    id: "steps",
    heading: t("operator.twoStep"),
    cell: ({ twoStep }) => (
      <State tone={twoStep ? "good" : "info"}>{t(twoStep ? "operator.on" : "operator.off")}</State>
    ),
  },
  {
    id: "active",
    heading: t("operator.lastActivity"),
    cell: ({ lastActivityDate }) => (lastActivityDate ? <Moment at={lastActivityDate} brief /> : t("operator.never")),
  },
];
