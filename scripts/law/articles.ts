/** What the law asks of the platform, an article a row. A row without a test says in `later` what is missing. */
export interface Article {
  id: string;
  ja: string;
  rule: string;
  later?: string;
}

export const articles: Article[] = [
  {
    id: "TA 185(2)",
    ja: "信託法185条2項",
    rule: "Units are certificateless; the field is fixed when the issue is made (185(3)(4)).",
  },
  {
    id: "TA 186",
    ja: "信託法186条",
    rule: "The trustee keeps a register; every issue makes entries with basis INITIAL.",
  },
  {
    id: "TA 186(iii)",
    ja: "信託法186条3号",
    rule: "Name and address of each beneficiary stand in the vault, by version and effective date.",
  },
  { id: "TA 186(iv)", ja: "信託法186条4号", rule: "The date each interest was acquired is kept by lot." },
  {
    id: "TAR 18",
    ja: "信託法施行規則18条",
    rule: "Content of the interests: payment, transfer restriction, variation of rights.",
  },
  {
    id: "TAR 19",
    ja: "信託法施行規則19条",
    rule: "Settlor, trustee, supervisor, agent, certificateless clause, register manager, limited liability, other terms.",
  },
  {
    id: "TA 189",
    ja: "信託法189条",
    rule: "Record-date lists are those who stand in the register at 24:00 JST of the day; rights within three months, two weeks' notice unless the deed fixes date and rights.",
  },
  {
    id: "TA 195(2)",
    ja: "信託法195条2項",
    rule: "A transfer is perfected when the acquirer stands in the register: entry and holding change in one transaction with the block's time.",
  },
  {
    id: "TA 198(2)",
    ja: "信託法198条2項",
    rule: "An entry on transfer is asked for jointly: the seller's broker requests, the buyer's accepts, the trustee approves.",
  },
  {
    id: "TA 93(2)",
    ja: "信託法93条2項",
    rule: "Transfer restrictions of the deed are applied by the contract and named in the pre-check.",
  },
  {
    id: "TA 197",
    ja: "信託法197条",
    rule: "Consolidation and split are entries made without request.",
    later: "no route yet; the fold knows the entry",
  },
  {
    id: "TA 200(2)",
    ja: "信託法200条2項",
    rule: "A pledge is perfected by entry; it is a hold that only its controller, the pledgee's side, ends.",
  },
  {
    id: "TA 201",
    ja: "信託法201条",
    rule: "The pledgor asks for the entry of the pledgee and the pledged units.",
  },
  {
    id: "TA 95-2",
    ja: "信託法95条の2",
    rule: "Heirs show the will or the division; a succession without the documents is refused.",
  },
  {
    id: "TAR 21(2)",
    ja: "信託法施行規則21条2項",
    rule: "Sole requests: final judgment, equivalent instrument, general succession, auction, each with its documents.",
  },
  {
    id: "CEA 145",
    ja: "民事執行法145条",
    rule: "An attachment bars disposal: it is recorded for what there is, behind earlier holds, and ends requests for the same units.",
  },
  {
    id: "CEA 147",
    ja: "民事執行法147条",
    rule: "The third-party debtor's statement is due two weeks from service.",
  },
  {
    id: "CPC 95(3)",
    ja: "民事訴訟法95条3項",
    rule: "A period that would end on a day of rest, 1/2, 1/3 or 12/29 to 12/31 ends on the next other day.",
  },
  {
    id: "CEA 161",
    ja: "民事執行法161条",
    rule: "A sale or transfer order moves the attached units once it is final.",
  },
  {
    id: "CEA 167",
    ja: "民事執行法167条",
    rule: "Other property rights are attached as claims are; the trustee releases on the court's word.",
  },
  {
    id: "TA 187",
    ja: "信託法187条",
    rule: "Certificates of a holder's own entries, signed by every trustee, checked by anybody.",
  },
  {
    id: "TA 202",
    ja: "信託法202条",
    rule: "Certificates of a pledgee's own pledges, and of the pledgor no more.",
  },
  { id: "CA 682", ja: "会社法682条", rule: "Certificates of a bondholder's entries, signed by the issuer." },
  {
    id: "TA 190",
    ja: "信託法190条",
    rule: "Inspection with a stated reason, refused only on five grounds; the fifth remembers two years.",
  },
  {
    id: "CA 684",
    ja: "会社法684条",
    rule: "Inspection of a bond register, refused only on three grounds; a parent's member needs the court's permission.",
  },
  {
    id: "TA 206",
    ja: "信託法206条",
    rule: "Mark of another trust's property.",
    later: "no route yet; the fold knows the entry",
  },
  {
    id: "CA 681",
    ja: "会社法681条",
    rule: "Items of the bond register.",
    later: "the profile's items are known; a bond issue has not been run end to end",
  },
  {
    id: "CA 688",
    ja: "会社法688条",
    rule: "A bond's transfer is perfected by entry, as TA 195(2).",
    later: "same engine, not run end to end",
  },
  {
    id: "APPI 22",
    ja: "個人情報保護法22条",
    rule: "No personal data on chain or in logs; a subject's key can be destroyed.",
  },
  { id: "DEF 11", ja: "定義府令11条", rule: "QII-only issues refuse other receivers (class mask)." },
  { id: "DEF 13", ja: "定義府令13条", rule: "Small private placements move only as a whole holding." },
];
