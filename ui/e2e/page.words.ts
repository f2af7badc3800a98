import type { Language } from "../src/text/t.ts";

/** The words of the page, as it writes them. They stand here by themselves, so that no change of a text goes unseen. */
export interface Words {
  vault: string;
  console: string;
  billing: string;
  subscription: string;
  hosting: string;
  setUp: string;
  password: string;
  generate: string;
  copy: string;
  copied: string;
  close: string;
  management: string;
  automatic: string;
  manual: string;
  off: RegExp;
  manage: string;
  token: string;
  save: string;
  good: RegExp;
  done: string;
  last: string;
  never: string;
  syncLicense: string;
  went: string;
  settings: string;
  families: string;
  recipient: string;
  offer: string;
  awaiting: string;
  counts: string;
  sent: RegExp;
  create: string;
  accept: string;
  name: string;
  free: RegExp;
  active: RegExp;
  menu: RegExp;
  remove: string;
  ends: RegExp;
  sponsor: string;
}

export const words: Record<Language, Words> = {
  fr: {
    vault: "Gestionnaire de mots de passe",
    console: "Console d’administration",
    billing: "Facturation",
    subscription: "Abonnement",
    hosting: "Auto-hébergement",
    setUp: "Configuration de la synchronisation",
    password: "Mot de passe principal",
    generate: "Générer le jeton",
    copy: "Copier",
    copied: "Copié",
    close: "Fermer",
    management: "Gestion des licences et de la facturation",
    automatic: "Synchronisation automatique",
    manual: "Importation manuelle",
    off: /globalSettings__enableCloudCommunication=true, puis le redémarre/,
    manage: "Gérer la synchronisation de la facturation",
    token: "Jeton de synchronisation de la facturation",
    save: "Enregistrer",
    good: /Le jeton est bon.*Acme/,
    done: "Terminé",
    last: "Dernière synchronisation",
    never: "Jamais",
    syncLicense: "Synchroniser la licence",
    went: "Réussie",
    settings: "Paramètres",
    families: "Familles parrainées",
    recipient: "Adresse e-mail du destinataire",
    offer: "Envoyer l’offre",
    awaiting: "En attente de synchronisation",
    counts: "1 envoyés, 1 acceptés, 0 refusés, 0 retirés",
    sent: /^Envoyé$/,
    create: "Créer un compte",
    accept: "Accepter l’offre",
    name: "Nom de l’organisation",
    free: /est gratuite$/,
    active: /^Actif$/,
    menu: /^Que faire du parrainage/,
    remove: "Retirer",
    ends: /^Se termine le /,
    sponsor: "Parrainée par",
  },
  en: {
    vault: "Password Manager",
    console: "Admin Console",
    billing: "Billing",
    subscription: "Subscription",
    hosting: "Self-hosting",
    setUp: "Set up billing sync",
    password: "Master password",
    generate: "Generate token",
    copy: "Copy",
    copied: "Copied",
    close: "Close",
    management: "License and billing management",
    automatic: "Automatic sync",
    manual: "Manual upload",
    off: /globalSettings__enableCloudCommunication=true, then restarts it/,
    manage: "Manage billing sync",
    token: "Billing sync token",
    save: "Save",
    good: /The token is good.*Acme/,
    done: "Done",
    last: "Last sync",
    never: "Never",
    syncLicense: "Sync license",
    went: "Went through",
    settings: "Settings",
    families: "Sponsored families",
    recipient: "E-mail address of the recipient",
    offer: "Send the offer",
    awaiting: "Awaiting sync",
    counts: "1 sent, 1 accepted, 0 refused, 0 removed",
    sent: /^Sent$/,
    create: "Create an account",
    accept: "Accept the offer",
    name: "Name of the organization",
    free: /is free$/,
    active: /^Active$/,
    menu: /^What to do with the sponsorship/,
    remove: "Remove",
    ends: /^Ends on /,
    sponsor: "Sponsored by",
  },
};
