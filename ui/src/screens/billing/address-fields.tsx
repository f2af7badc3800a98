import type { CheckoutAddressRequest, CheckoutAddressView } from "../../api/client.ts";
import { Field, Select } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import styles from "./billing.module.css";
import { countries } from "./countries.ts";

export interface AddressFieldsProps {
  address?: CheckoutAddressView | null | undefined;
  /** With all that may stand on an invoice. */
  whole?: boolean;
  /** With a tax number, for those who may have one. */
  tax?: boolean | undefined;
}

/** Where an invoice goes. addressOf reads what these fields held. */
export function AddressFields({ address, whole, tax = whole }: AddressFieldsProps) {
  const t = useText();
  const language = useLanguage();
  const names = new Intl.DisplayNames(language, { type: "region" });
  const known = countries
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, language));
  return (
    <>
      <div className={styles.pair}>
        <Select
          label={t("billing.country")}
          name="country"
          autoComplete="billing country"
          required
          defaultValue={address?.country ?? ""}
          options={[{ value: "", label: t("billing.countryChoose") }, ...known]}
        />
        <Field
          label={t("billing.postalCode")}
          name="postalCode"
          autoComplete="billing postal-code"
          required
          maxLength={100}
          defaultValue={address?.postalCode ?? ""}
        />
      </div>
      {whole && (
        <>
          <Field
            label={t("billing.line1")}
            name="line1"
            autoComplete="billing address-line1"
            maxLength={100}
            defaultValue={address?.line1 ?? ""}
          />
          <Field
            label={t("billing.line2")}
            name="line2"
            autoComplete="billing address-line2"
            maxLength={100}
            defaultValue={address?.line2 ?? ""}
          />
          <div className={styles.pair}>
            <Field
              label={t("billing.city")}
              name="city"
              autoComplete="billing address-level2"
              maxLength={100}
              defaultValue={address?.city ?? ""}
            />
            <Field
              label={t("billing.region")}
              name="state"
              autoComplete="billing address-level1"
              maxLength={100}
              defaultValue={address?.state ?? ""}
            />
          </div>
        </>
      )}
      {tax && (
        <Field
          label={t("billing.taxId")}
          hint={t("billing.taxIdHint")}
          name="taxId"
          autoComplete="off"
          maxLength={100}
          defaultValue={address?.taxId?.value ?? ""}
        />
      )}
    </>
  );
}

/** The address that the fields held; the kind of a tax number stays what it was. */
export function addressOf(values: FormData, was?: CheckoutAddressView | null): CheckoutAddressRequest {
  const taxId = textOf(values, "taxId");
  return {
    country: textOf(values, "country"),
    postalCode: textOf(values, "postalCode"),
    line1: textOf(values, "line1"),
    line2: textOf(values, "line2"),
    city: textOf(values, "city"),
    state: textOf(values, "state"),
    taxId: taxId ? { code: was?.taxId?.code ?? "", value: taxId } : null,
  };
}
