import { ChevronDown, LayoutGrid, type LucideIcon, Menu as MenuIcon, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useText } from "../text/t.ts";
import { IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import { Drawer } from "./dialog.tsx";
import styles from "./frame.module.css";
import { Mark } from "./mark.tsx";
import { Menu, MenuGroup, MenuLink } from "./menu.tsx";

/** Somewhere that the sidebar leads to. */
export interface Place {
  href: string;
  label: string;
  icon?: LucideIcon;
  current: boolean;
  /** Places within this one, shown while the person is there. */
  within?: Place[];
}

/** One of the products that the person may switch between. */
export interface Product {
  name: string;
  href: string;
  icon: LucideIcon;
  current: boolean;
}

export interface FrameProps {
  name: string;
  products: Product[];
  places: Place[];
  /** What stands above the places and says of what they are. */
  choice?: ReactNode;
  account: ReactNode;
  banners?: ReactNode;
  children: ReactNode;
}

/** The page of whoever is inside: the sidebar, the account at the top right, and the screen. */
export function Frame({ name, products, places, choice, account, banners, children }: FrameProps) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const sidebar = <Sidebar name={name} products={products} places={places} choice={choice} onGo={close} />;
  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={toContent}>
        {t("kit.skip")}
      </button>
      <aside className={styles.aside}>{sidebar}</aside>
      <div className={styles.column}>
        <header className={styles.top}>
          <span className={styles.opener}>
            <IconButton label={t("kit.openPlaces")} onClick={() => setOpen(true)}>
              <MenuIcon size={22} aria-hidden="true" />
            </IconButton>
          </span>
          {account}
        </header>
        {banners}
        <main className={styles.main} id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Drawer open={open} onClose={close} label={t("kit.places")}>
        <div className={styles.closer}>
          <IconButton label={t("kit.close")} onClick={close}>
            <X size={22} aria-hidden="true" />
          </IconButton>
        </div>
        {sidebar}
      </Drawer>
    </div>
  );
}

/** A button and no link: the part of the address after # belongs to the routes. */
const toContent = () => document.getElementById("main")?.focus();

function Sidebar({
  name,
  products,
  places,
  choice,
  onGo,
}: Pick<FrameProps, "name" | "products" | "places" | "choice"> & { onGo: () => void }) {
  const t = useText();
  return (
    <div className={styles.sidebar}>
      <div className={styles.mark}>
        <Mark name={name} />
      </div>
      {products.length > 1 && <Products products={products} />}
      {choice}
      <nav aria-label={t("kit.places")}>
        <Places places={places} onGo={onGo} />
      </nav>
    </div>
  );
}

function Products({ products }: { products: Product[] }) {
  const t = useText();
  const here = products.find(({ current }) => current);
  const trigger = (
    <>
      <LayoutGrid size={20} aria-hidden="true" />
      {here?.name}
      <ChevronDown size={16} aria-hidden="true" />
    </>
  );
  return (
    <Menu trigger={trigger} align="start">
      <MenuGroup heading={t("kit.products")}>
        {products.map(({ name, href, icon: Icon }) => (
          <MenuLink key={href} href={href} icon={<Icon size={20} aria-hidden="true" />}>
            {name}
          </MenuLink>
        ))}
      </MenuGroup>
    </Menu>
  );
}

function Places({ places, onGo }: { places: Place[]; onGo: () => void }) {
  return (
    <ul className={styles.places}>
      {places.map(({ href, label, icon: Icon, current, within }) => (
        <li key={href}>
          <a
            href={href}
            onClick={onGo}
            aria-current={current && !within?.length ? "page" : undefined}
            className={classes(styles.place, current && styles.here)}
          >
            {Icon && <Icon size={20} aria-hidden="true" />}
            {label}
          </a>
          {current && within && within.length > 0 && <Places places={within} onGo={onGo} />}
        </li>
      ))}
    </ul>
  );
}

export interface ScreenProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen inside the frame: where the person is, what they can do, and what there is. */
export function Screen({ title, lead, actions, children }: ScreenProps) {
  return (
    <div className={styles.screen}>
      <div className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A part of a screen, with its heading. */
export function Section({ title, lead, children }: Omit<ScreenProps, "actions">) {
  return (
    <section className={styles.section}>
      <div>
        <h2>{title}</h2>
        {lead && <p className={styles.soft}>{lead}</p>}
      </div>
      {children}
    </section>
  );
}
