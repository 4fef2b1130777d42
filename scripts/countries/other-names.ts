/**
 * What the packages do not know of regions: names in the other languages of their country, former ones, and what people say
 * instead. A name counts as far as no other region is shown under it; one that two bear finds neither.
 */

/** By ISO 3166-2 or the post's own name of the region; names are separated by `|`. */
export const otherNames: Readonly<Record<string, string>> = {
  ...{
    'AR-B': 'Buenos Aires|Provincia de Bs. As.|PBA',
    'AR-C': 'Buenos Aires|CABA|Capital Federal|Ciudad de Buenos Aires|Autonomous City of Buenos Aires',
  },
  ...{
    'MX-CMX': 'Mexico City|DF|D.F.|Distrito Federal|México DF|México, D.F.|Cd. de México',
    'MX-MEX': 'Edomex|Edo. de México|Edo. Méx.',
    'MX-COA': 'Coahuila',
    'MX-QUE': 'Querétaro de Arteaga',
  },
  ...{ 'MZ-L': 'Maputo', 'MZ-MPM': 'Maputo' },
  ...{
    'RU-MOW': 'город Москва|Moscow City|г. Москва',
    'RU-MOS': 'Moscow Oblast|Подмосковье',
    'RU-SPE': 'St. Petersburg|St Petersburg|Питер|Petersburg',
  },
  ...{
    'UA-05': 'Vinnytsia Oblast',
    'UA-07': 'Volyn Oblast',
    'UA-09': 'Luhansk Oblast|Lugansk Oblast',
    'UA-12': 'Dnipropetrovsk Oblast|Dnipro Oblast',
    'UA-14': 'Donetsk Oblast',
    'UA-18': 'Zhytomyr Oblast',
    'UA-21': 'Zakarpattia Oblast|Transcarpathia',
    'UA-23': 'Zaporizhzhia Oblast|Zaporizhia Oblast',
    'UA-26': 'Ivano-Frankivsk Oblast',
    'UA-30': 'Kiev|Kiew|Киев|Kyiv City|м. Київ',
    'UA-32': 'Kyiv Oblast|Kiev Oblast|Kyiv Region|Kiev Region|Киевская область',
    'UA-35': 'Kirovohrad Oblast',
    'UA-46': 'Lviv Oblast|Lvov Oblast',
    'UA-48': 'Mykolaiv Oblast|Nikolaev Oblast',
    'UA-51': 'Odesa Oblast|Odessa Oblast',
    'UA-53': 'Poltava Oblast',
    'UA-56': 'Rivne Oblast',
    'UA-59': 'Sumy Oblast',
    'UA-61': 'Ternopil Oblast',
    'UA-63': 'Kharkiv Oblast|Kharkov Oblast',
    'UA-65': 'Kherson Oblast',
    'UA-68': 'Khmelnytskyi Oblast|Khmelnitsky Oblast',
    'UA-71': 'Cherkasy Oblast',
    'UA-74': 'Chernihiv Oblast',
    'UA-77': 'Chernivtsi Oblast',
  },
};

interface Shown {
  /** In English. */
  readonly name: string;
  readonly localName?: string;
}

/**
 * What is shown instead of the packages' names: two regions are never shown under one name, and some names were broken at a comma
 * or carry the number of a footnote.
 */
export const shownNames: Readonly<Record<string, Shown>> = {
  'AR-B': { name: 'Buenos Aires Province', localName: 'Provincia de Buenos Aires' },
  'AR-C': { name: 'Buenos Aires City', localName: 'Ciudad Autónoma de Buenos Aires' },
  'EE-205': { name: 'Hiiumaa Rural Municipality', localName: 'Hiiumaa vald' },
  'EE-714': { name: 'Saaremaa Rural Municipality', localName: 'Saaremaa vald' },
  'EE-39': { name: 'Hiiumaa' },
  'EE-74': { name: 'Saaremaa' },
  'EE-661': { name: 'Rakvere Rural Municipality', localName: 'Rakvere vald' },
  'EE-663': { name: 'Rakvere' },
  'EE-793': { name: 'Tartu City', localName: 'Tartu linn' },
  'EE-796': { name: 'Tartu Rural Municipality', localName: 'Tartu vald' },
  'EE-84': { name: 'Viljandi County', localName: 'Viljandimaa' },
  'EE-897': { name: 'Viljandi City', localName: 'Viljandi linn' },
  'EE-899': { name: 'Viljandi Rural Municipality', localName: 'Viljandi vald' },
  'EE-917': { name: 'Võru Rural Municipality', localName: 'Võru vald' },
  'EE-919': { name: 'Võru City', localName: 'Võru linn' },
  'GB-ABC': { name: 'Armagh City, Banbridge and Craigavon' },
  'GB-BCP': { name: 'Bournemouth, Christchurch and Poole' },
  'GB-NMD': { name: 'Newry, Mourne and Down' },
  'GB-PTE': { name: 'Peterborough' },
  'CN-NM': { name: 'Inner Mongolia', localName: '内蒙古' },
  'CO-DC': { name: 'Bogotá', localName: 'Bogotá, Distrito Capital' },
  'CO-SAP': { name: 'San Andrés and Providencia', localName: 'San Andrés, Providencia y Santa Catalina' },
  'KZ-19': { name: 'Almaty Region', localName: 'Almaty oblysy' },
  'LA-VI': { name: 'Vientiane Province', localName: 'Khoueng Viangchan' },
  'MX-CMX': { name: 'Mexico City', localName: 'Ciudad de México' },
  'MZ-L': { name: 'Maputo Province', localName: 'Província de Maputo' },
  'MZ-MPM': { name: 'Maputo City', localName: 'Cidade de Maputo' },
  'UG-330': { name: 'Zombo' },
  'UG-331': { name: 'Omoro' },
};
