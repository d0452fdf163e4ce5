"""Words that are no part of a name, and words that hold one together.

Closed lists, from the releases of 2001 to 2026: what is missing makes a name longer or a party out
of a place, which whoever reviews the proposals sees.
"""

from __future__ import annotations

from rigour.territories import get_territories


def word_set(words: str) -> frozenset[str]:
    """Words of a text, as a set."""
    return frozenset(words.split())


PARTICLES = word_set(
    "al el ul bin ibn bint abu umm de da do dos das del la le les y e van der den di du "
    "wa wal ben ould"
)
# Legal forms and what companies are called by.
FORMS = word_set(
    "Co Company Ltd Limited LLC Inc Corp Corporation SA SAL SARL S.A S.A.L S.A.R.L GmbH FZE FZC "
    "FZCO FZ-LLC LDA Lda PLC Plc Pte Pvt BV B.V Est Establishment Exchange Group Holding Holdings "
    "Bank Airlines Airways Air Trading Services Shipping International Foundation Society "
    "Enterprises Industries Organization Association Center Council Network Committee Party "
    "Brigade Brigades Force Forces Corps Front Movement AS A.S Bhd Sdn KG AG L.L.C LLP OOO JSC "
    "Offshore Brothers Bros Sons Travel Tours Cargo Logistics Aviation Petroleum Energy Store "
    "Stores Market Markets Supermarket Investment Investments Construction Contracting "
    "Engineering Real Estate Fund Mosque Hospital University Institute School"
)
# Forms that stand behind a comma and still belong to the name.
COMMA_FORMS = word_set(
    "S.A S.A. S.L S.L. Inc Inc. Ltd Ltd. LLC L.L.C L.L.C. Limited Co Co. C.A C.A. S.A.L S.A.L. "
    "S.A.R.L. Corp Corp. GmbH LLP PLC SA SAL S.A.S S.A.S. E.I.R.L S.R.L"
)
HEADS_OF = word_set(
    "Bank Ministry Army Front Party Brigade Brigades Movement Foundation Council Republic Office "
    "House Union Association Organization Organisation Society State Islamic Institute University "
    "Committee Department League Corps Force Forces Group Soldiers Partisans Supporters Sons "
    "Companions Lions Chamber Company Center Centre Battalion Battalions Jaysh Al-Haramain "
    "Headquarters Establishment Martyrs Fund Charity Jamaat Army Coalition Network Cartel "
    "Assembly Division Directorate Port Airport Voice Mosque"
)
HEADS_FOR = word_set(
    "Co Company Foundation Center Centre Organization Organisation Establishment Front Committee "
    "Institute Association Society Council Fund Group Exchange Est Corporation Holding LLC Ltd "
    "Office Union Movement Assembly"
)
# After "and", these go on with a name instead of beginning the next.
JOINABLE = word_set(
    "Trading Contracting Sons Partners Co Company Services Shipping Transport Transportation "
    "Exchange Investment Investments Development Import Export Remittance Remittances Logistics "
    "Construction Engineering Industry Industries Industrial Commerce Commercial Trade Technology "
    "Technical Marketing Tourism Travel Travels Tours Manufacturing Distribution Transfer "
    "Transfers Marine Supplies Maintenance Sunna Sunnah Sunni Levant Syria Relief Charity "
    "Humanitarian Consulting Consultancy Foodstuff Gas Petrochemical Petrochemicals Oil Minerals "
    "Mining Agriculture Agricultural Research Security Intelligence Brothers General Supply "
    "Jewelry Gold Electronics Communications Telecommunications Production Media Cargo "
    "Currency Cyber Urban Freight Clearing Finance Financial Cultural Culture "
    "Infrastructure Equipment Armed"
)
TITLES = word_set(
    "Mr Mrs Ms Dr Sheikh Shaykh Sheik Mullah Maulavi Haji Hajj Hajji Sayyid Sayyed Ayatollah "
    "General Brigadier Colonel Major Captain Lieutenant Commander Secretary Under President Prime "
    "Minister Director Chairman CEO Ambassador Administrator Deputy Assistant Acting Supreme "
    "Leader Imam Emir Amir Secretary-General"
) | {"Under Secretary", "Brigadier General", "Deputy Secretary", "Secretary General",
     "Supreme Leader", "Prime Minister", "Major General", "Lieutenant Colonel"}  # fmt: skip
_DEMONYMS = (
    "Afghan Algerian American Angolan Argentine Armenian Australian Austrian Azerbaijani Bahraini "
    "Bangladeshi Belgian Beninese Bosnian Brazilian British Bulgarian Cameroonian Canadian "
    "Chechen Chinese Colombian Congolese Cuban Cypriot Danish Dutch Egyptian Emirati Eritrean "
    "Ethiopian European Filipino Finnish French Gambian Georgian German Ghanaian Greek Guinean "
    "Gulf Indian Indonesian Iranian Iraqi Irish Israeli Italian Ivorian Japanese Jordanian "
    "Kazakh Kenyan Kosovar Kurdish Kuwaiti Lebanese Liberian Libyan Malaysian Maldivian Malian "
    "Mauritanian Mexican Moroccan Mozambican Nigerian Norwegian Omani Pakistani Palestinian "
    "Panamanian Paraguayan Philippine Polish Portuguese Qatari Romanian Russian Saudi Senegalese "
    "Serbian Singaporean Somali Spanish Sudanese Swedish Swiss Syrian Tajik Tanzanian Thai "
    "Tunisian Turkish Turkmen Ugandan Ukrainian Uzbek Venezuelan Vietnamese Yemeni Yemeni African "
    "Arab Asian Shia Shi'a Sunni Shiite Western Islamic Salafi Jihadist Muslim Kyrgyz"
)
DEMONYMS = word_set(_DEMONYMS)
# Never the beginning of an institution's name, as "Syrian Arab Army" is one.
ADJECTIVES = DEMONYMS - {"Islamic", "Palestinian", "Arab", "Syrian", "Shia",
                                             "Afghan", "Western", "Gulf"}  # fmt: skip
_OFFICES = (
    "Treasury|Department|Department of the Treasury|Treasury Department|OFAC|Office|State|"
    "Office of Foreign Assets Control|FinCEN|Department of State|State Department|Congress|SDN|"
    "SDNs|SDGT|SDGTs|SDNT|Specially Designated Global Terrorist|Specially Designated Global "
    "Terrorists|Specially Designated Nationals|Secretary|Under Secretary|Foreign Terrorist "
    "Organization|Foreign Terrorist Organizations|FTO|FTOs|Washington|WASHINGTON|Justice|United "
    "Nations|UN|UNSC|UN Security Council|Security Council|UNSCR|European Union|EU|E.U|US|USA|"
    "U.S|UK|UAE|U.A.E|DRC|PRC|FATF|FBI|CIA|DEA|CENTCOM|GCC|TFTC|Executive Order|Order|E.O|"
    "Kingpin Act|Patriot Act|Section|HIFPAA|Counterterrorism|Member States|White House|"
    "Administration|Committee|United States Government|U.S. Government|Government|Interpol|"
    "Department of Justice|Internal Revenue Service|Annex|Federal Register|USD|Web|Internet|"
    "NSPM|Presidential Memorandum|Rewards for Justice|CAATSA|Ramadan|Hajj|Christmas|"
    "Deputy Secretary|Terrorism and Financial Intelligence|American|Americans|Archived Content|"
    "Levant|Middle East|Africa|West Africa|East Africa|South Asia|Southeast Asia|Europe|Asia|"
    "Latin America|South America|Gaza|West Bank|Strip|Horn|Persian Gulf|Red Sea|Sahel|Maghreb|"
    "Tri-Border Area|TBA|Dubai|Beirut|Tehran|Baghdad|Damascus|Istanbul|Ankara|Kabul|Hong Kong|"
    "Abu Dhabi|London|Moscow|Doha|Kuwait City|Riyadh|Karachi|Peshawar|Mogadishu|Aden|Sana'a|"
    "Sanaa|Idlib|Mosul|Aleppo|Raqqa|Gao|Mecca|New York|Quetta|Islamabad|Banjul|Luanda|Kinshasa|"
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    "Individual|Individuals|Entity|Entities|AKA|FKA|NKA|DOB|POB|Address|Nationality|Passport|"
    "Zip|Website|Linked To|Gender|Male|Female|GSA|GSAs|CEO|CFO|COO|"
    "Chief|Executive|Director|Directors|Chairman|Manager|Officer|President|Owner|Vice|Board|Managing|"
    "Fax|Phone|Telephone|Email"
)
_PLACES = {
    name
    for territory in get_territories()
    for name in (territory.name, territory.full_name, territory.in_sentence.removeprefix("the "))
    if name
}
_IN_PARTS = {"Republic", "Northern", "Southern", "Eastern", "Western", "Central", "North", "South"}
NO_PARTY = frozenset({*_OFFICES.split("|"), *_PLACES} | _IN_PARTS)
# Before a person's name inside a run: what stands before them is whose office it is.
SPLITTERS = word_set(
    "General Secretary-General President Minister Leader Commander Chairman Director "
    "Ayatollah Sheikh Shaykh CEO Member Representative Emir Amir Sayyed Sayyid"
)
# No name with one of these is a person's, whose last word could stand for the whole.
NO_PERSON = frozenset(
    FORMS
    | HEADS_OF
    | HEADS_FOR
    | JOINABLE
    | word_set(_OFFICES.replace("|", " "))
    | word_set(
        "Control Road Town Street Avenue Tower Building Times Number District Act Strip City "
        "Province Governorate Region Area Islands Consul Honorary Identification Global Money "
        "Laundering War World National Nations Security Operation Operations Armed Forces"
    )
)
# Capitalised only because a sentence begins with them.
OPENERS = word_set(
    "We Our The A An In On At As Since Today Today's For From By With After Before "
    "During Between While "
    "When Where Until Through Under Over Also And But Or If Although Though Because He She It "
    "They His Her Its Their This That These Those Additionally Furthermore Moreover However "
    "According Based Both Like Other Another Several Many Some All Each Such Following Along "
    "Together Previously Currently Prior Despite Separately Specifically Meanwhile Finally "
    "Formerly Upon Within Among One Two Three Four Five Most More Using Acting Serving Working "
    "To Of Including Once Then Now Yesterday Last There Not No Who Which Whose Until Via "
    "Designating Designated Sanctioned Owned Headquartered Founded Established Led Named Known "
    "Born Senior Former Recently Late Early Mid Concurrently Concurrent Earlier Later Similarly "
    "Likewise "
    "Lebanon-based Iran-based Syria-based Terrorist Financier Brother Leader Through Throughout "
    "Speaking Historically "
    "Beginning Due Given Having Further Key Notably Because Beyond Against Located Operating "
    "Individuals Members Via Per Per Any Only Just Still Even"
)
