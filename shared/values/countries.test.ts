/** Regions by whatever people call them, postal codes as people type them, and that every country can be read. */
import { describe, expect, test } from 'vitest';
import { countryCodes, countryOf, findRegion, liesInRegion, regionsOf, suggestRegions } from './countries.ts';
import { readPostalCode } from './postal-codes.ts';
import { distanceOf, plainName } from './region-names.ts';
import { listedRegions } from './regions.ts';

describe('a region', () => {
  test.each([
    ['US', 'US-CA', ['California', 'california', 'CA', 'ca', 'US-CA', 'us ca', ' California ']],
    ['CA', 'CA-QC', ['Québec', 'Quebec', 'QUEBEC', 'Que\u0301bec', 'CA-QC', 'qc', 'QC', 'Province of Quebec']],
    ['JP', 'JP-13', ['東京都', '東京', 'Tokyo', 'Tōkyō', 'Tôkyô', 'JP-13', '13', 'Tokyo Prefecture']],
    ['DE', 'DE-BY', ['Bayern', 'Bavaria', 'BY']],
    ['BR', 'BR-SP', ['São Paulo', 'sao paulo', 'SP']],
    ['AU', 'AU-NSW', ['New South Wales', 'nsw', 'N.S.W.']],
    ['US', 'US-NY', ['New York', 'New York State', 'State of New York']],
    ['US', 'US-WA', ['Washington', 'Washington State']],
    ['US', 'US-DC', ['Washington DC', 'D.C.', 'District of Columbia']],
    ['IE', 'IE-CO', ['Cork', 'Co. Cork', 'County Cork']],
    ['MX', 'MX-CMX', ['Ciudad de México', 'CDMX']],
    ['MX', 'MX-MEX', ['Estado de México', 'Méx.', 'México']],
    ['KR', 'KR-11', ['서울특별시', '서울', 'Seoul']],
    ['CN', 'CN-GD', ['广东省', '广东', 'Guangdong', '44']],
    ['IN', 'IN-KA', ['कर्नाटक', 'Karnataka']],
    ['UA', 'UA-30', ['Київ', 'Kyiv']],
    ['PL', 'PL-10', ['Łódzkie', 'lodzkie']],
    // ISO has no codes for these: the post's own name is kept.
    ['HK', 'Kowloon', ['九龍', 'kowloon']],
    ['US', 'US-AE', ['AE', 'Armed Forces (AE)']],
    // ISO gave new numbers, which the names must follow.
    ['IR', 'IR-10', ['Isfahan', 'Eşfahān', 'استان اصفهان']],
    ['TW', 'TW-CYI', ['嘉義市']],
    ['TW', 'TW-CYQ', ['嘉義縣']],
  ])('of %s is %s by all of its names', (country, code, names) => {
    expect(names.map((name) => findRegion(country, name)?.code)).toEqual(names.map(() => code));
  });

  test.each([
    ['US', 'Atlantis'],
    ['US', 'CA-QC'],
    ['US', 'Quebec'],
    ['CA', 'California'],
    ['US', ''],
    ['XX', 'California'],
    ['US', 'constructor'],
  ])('of %s is not found by %j', (country, text) => {
    expect(findRegion(country, text)).toBeNull();
  });

  test('that addresses name comes before a larger one of the same name, which has its code', () => {
    expect([findRegion('ES', 'Asturias')?.code, findRegion('ES', 'ES-AS')?.code]).toEqual(['ES-O', 'ES-AS']);
  });

  test.each([
    ['MX', { 'Mexico City': 'MX-CMX', 'Estado de México': 'MX-MEX', México: 'MX-MEX' }],
    ['UA', { 'Kyiv Oblast': 'UA-32', 'Kiev oblast': 'UA-32', Kiev: 'UA-30', 'Kyiv city': 'UA-30', Vinnytsia: 'UA-05' }],
    ['RU', { 'Moscow Oblast': 'RU-MOS', Moscow: 'RU-MOW', 'Moscow City': 'RU-MOW' }],
    ['AR', { 'Buenos Aires City': 'AR-C', 'Buenos Aires Province': 'AR-B', 'Provincia de Buenos Aires': 'AR-B' }],
    ['MZ', { 'Maputo City': 'MZ-MPM', 'Província de Maputo': 'MZ-L' }],
    ['PE', { Lima: 'PE-LMA', 'Lima Region': 'PE-LIM' }],
    ['TW', { Hsinchu: 'TW-HSZ', 'Hsinchu County': 'TW-HSQ', 新竹縣: 'TW-HSQ', Chiayi: 'TW-CYI' }],
    ['KR', { 'Seoul City': 'KR-11' }],
  ])('of %s is a city or the area around it, as its name says', (country, codes) => {
    expect(Object.keys(codes).map((name) => findRegion(country, name)?.code)).toEqual(Object.values(codes));
  });

  test.each([
    ['BE', { Bruxelles: 'BE-BRU', Vlaanderen: 'BE-VLG', Anvers: 'BE-VAN', Luik: 'BE-WLG' }],
    ['DE', { 'Baden-Wuerttemberg': 'DE-BW', Thueringen: 'DE-TH', NRW: 'DE-NW', 'Freistaat Sachsen': 'DE-SN' }],
    ['AT', { Kaernten: 'AT-2', Niederoesterreich: 'AT-3' }],
    ['ES', { Cataluña: 'ES-CT', Euskadi: 'ES-PV', Baleares: 'ES-PM', Orense: 'ES-OR', 'Provincia de Jaén': 'ES-J' }],
    ['PT', { Açores: 'PT-20', 'Distrito de Lisboa': 'PT-11' }],
    ['IT', { Südtirol: 'IT-BZ', Suedtirol: 'IT-BZ', Bozen: 'IT-BZ', 'Provincia di Milano': 'IT-MI' }],
    [
      'CH',
      { Genf: 'CH-GE', Grisons: 'CH-GR', 'Saint-Gall': 'CH-SG', 'Kanton Zuerich': 'CH-ZH', 'Canton de Vaud': 'CH-VD' },
    ],
    ['FR', { Réunion: 'FR-974', Corsica: 'FR-20R', PACA: 'FR-PAC' }],
    ['CA', { Newfoundland: 'CA-NL', PQ: 'CA-QC', 'Yukon Territory': 'CA-YT' }],
    ['US', { 'U.S. Virgin Islands': 'US-VI', 'Armed Forces Pacific': 'US-AP' }],
    ['TW', { 臺北市: 'TW-TPE', 台北市: 'TW-TPE', 臺東縣: 'TW-TTT' }],
    ['HK', { 九龙: 'Kowloon', 香港: 'Hong Kong Island', 香港岛: 'Hong Kong Island' }],
    ['CN', { 'Inner Mongolia': 'CN-NM', 廣東省: 'CN-GD', 廣東: 'CN-GD' }],
    ['CO', { Bogotá: 'CO-DC', 'Departamento de Antioquia': 'CO-ANT' }],
    ['AR', { CABA: 'AR-C', 'Capital Federal': 'AR-C', 'Provincia de Mendoza': 'AR-M' }],
    ['MX', { DF: 'MX-CMX', Edomex: 'MX-MEX' }],
    ['SA', { الرياض: 'SA-01', 'منطقة الرياض': 'SA-01' }],
    ['AE', { 'أم القيوين': 'AE-UQ', 'ام القيوين': 'AE-UQ', 'Emirate of Sharjah': 'AE-SH' }],
    ['IN', { Orissa: 'IN-OD', Pondicherry: 'IN-PY' }],
    ['GB', { 'Greater London': 'GB-LND', Cymru: 'GB-WLS', 'Co. Antrim': 'GB-NIR', Peterborough: 'GB-PTE' }],
  ])('of %s is found by the names of its languages, former ones and short ones', (country, codes) => {
    expect(Object.keys(codes).map((name) => findRegion(country, name)?.code)).toEqual(Object.values(codes));
  });

  test.each([
    ['US', 'Kansas City', ['US-KS']],
    ['US', 'New York City', ['US-NY']],
    ['IE', 'Cork City', ['IE-CO']],
  ])('of %s is not the city of its name: %s is refused, and it is suggested', (country, text, codes) => {
    expect(findRegion(country, text)).toBeNull();
    expect(suggestRegions(country, text).map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    ['AR', 'Buenos Aires', ['AR-B', 'AR-C']],
    ['MZ', 'Maputo', ['MZ-L', 'MZ-MPM']],
    ['TW', '嘉義', ['TW-CYI', 'TW-CYQ']],
  ])('of %s that two may mean by %s is refused, and both are suggested', (country, text, codes) => {
    expect(findRegion(country, text)).toBeNull();
    expect(suggestRegions(country, text).map(({ code }) => code)).toEqual(codes);
  });

  test('lies in itself and in the larger one, and not the other way round', () => {
    expect(liesInRegion('ES', 'ES-GC', 'ES-CN')).toBe(true);
    expect(liesInRegion('ES', 'ES-GC', 'ES-GC')).toBe(true);
    expect(liesInRegion('ES', 'ES-CN', 'ES-GC')).toBe(false);
    expect(liesInRegion('ES', 'ES-B', 'ES-CN')).toBe(false);
  });

  test.each([
    ['US', 'Californa', ['US-CA']],
    ['CA', 'Qeubec', ['CA-QC']],
    ['ES', 'Catalunia', ['ES-CT']],
    ['CO', 'Bogotaa', ['CO-DC']],
    ['US', 'Xx', []],
    ['US', 'Atlantis', []],
  ])('of %s that is nearly %j is suggested', (country, text, codes) => {
    expect(suggestRegions(country, text).map(({ code }) => code)).toEqual(codes);
  });
});

test.each([
  ['kitten', 'kitten', 0],
  ['', 'abc', 3],
  ['quebec', 'qeubec', 1],
  ['california', 'californa', 1],
  ['kitten', 'sitting', 3],
])('%j is %j with so many mistakes', (one, other, distance) => {
  expect([distanceOf(one, other), distanceOf(other, one)]).toEqual([distance, distance]);
});

describe('a postal code', () => {
  const read = (country: string, code: string) => {
    const rules = countryOf(country)?.postalCode ?? null;
    return rules === null ? 'none there' : readPostalCode(country, rules, code);
  };

  test.each([
    ['JP', '100-0001', ['100-0001', '1000001', '〒100-0001', '１００－０００１', '100 0001']],
    ['GB', 'SW1A 1AA', ['SW1A 1AA', 'sw1a1aa', 'SW1A1AA', ' sw1a  1aa ']],
    ['GB', 'M2 5BQ', ['m25bq', 'M2 5BQ']],
    ['CA', 'K1A 0B1', ['K1A 0B1', 'k1a0b1', 'k1a-0b1']],
    ['US', '10001', ['10001', ' 10001']],
    ['US', '10001-1234', ['10001-1234', '100011234', '10001 1234']],
    ['DE', '10115', ['10115', 'D-10115', 'DE-10115', 'd 10115']],
    ['CH', '3011', ['CH-3011', '3011']],
    ['LV', 'LV-1010', ['1010', 'LV-1010', 'lv1010']],
    ['NL', '1234 AB', ['1234AB', '1234 ab']],
    ['SE', '114 55', ['114 55', '11455', 'SE-114 55']],
    ['GB', 'BFPO 58', ['BFPO 58', 'bfpo58']],
    ['GG', 'GY10 1AA', ['gy101aa', 'GY10 1AA']],
    ['PR', '00930-1234', ['009301234', '00930 1234', '00930-1234']],
    ['IE', 'D6W XY12', ['d6wxy12']],
    ['PL', '00-950', ['00950']],
    ['BR', '40301-110', ['40301110']],
    ['IE', 'A65 F4E2', ['a65f4e2']],
  ])('of %s is kept as %s', (country, kept, written) => {
    expect(written.map((code) => read(country, code))).toEqual(written.map(() => kept));
  });

  test.each([
    ['US', '1000'],
    ['US', 'K1A 0B1'],
    ['CA', '10001'],
    ['DE', '1011'],
    ['DE', '101150'],
    ['GB', '10115'],
    ['JP', '100000'],
    ['IN', 'D-10115'],
    ['IE', 'Dublin 4'],
  ])('of %s is not %s', (country, code) => {
    expect(read(country, code)).toBeNull();
  });

  test('is not known everywhere', () => expect(read('HK', '999077')).toBe('none there'));
});

describe('every country', () => {
  test('is in ISO 3166-1, beside Kosovo', () => {
    expect(countryCodes).toHaveLength(250);
    for (const code of ['DE', 'US', 'SY', 'AQ', 'XK']) expect(countryOf(code)?.code).toBe(code);
    for (const code of ['XX', 'UK', 'de', 'constructor']) expect(countryOf(code)).toBeNull();
  });

  test.each(countryCodes)(
    '%s can be read: its example is a code of it, and its regions are found by their codes',
    (code) => {
      const rules = countryOf(code);
      expect(rules?.fields).toContain('address1');
      const postal = rules?.postalCode ?? null;
      if (postal !== null && postal.example !== '')
        expect(readPostalCode(code, postal, postal.example)).toBe(postal.example);
      const lost = regionsOf(code).filter((region) => findRegion(code, region.code)?.code !== region.code);
      expect(lost).toEqual([]);
      for (const field of rules?.needed ?? []) expect(rules?.fields).toContain(field);
    },
  );

  test('says what it needs, and in which order it is written', () => {
    expect(countryOf('US')?.needed).toEqual(['address1', 'city', 'region', 'postalCode']);
    expect(countryOf('DE')?.needed).toEqual(['address1', 'city', 'postalCode']);
    expect(countryOf('HK')?.needed).toEqual(['address1', 'region']);
    expect(countryOf('JP')?.fields.slice(0, 2)).toEqual(['postalCode', 'region']);
    expect(countryOf('IE')?.called).toEqual({ city: null, region: 'county', postalCode: 'eircode' });
  });
});

describe('a name that several regions bear', () => {
  test('finds the one that is offered under it, in every country and in each language of the list', () => {
    const lost = countryCodes.flatMap((country) =>
      listedRegions(regionsOf(country)).flatMap(({ code, name, localName }) =>
        [name, localName ?? name]
          .filter((one) => findRegion(country, one)?.code !== code)
          .map((one) => `${code} ${one}`),
      ),
    );
    expect(lost).toEqual([]);
  });

  test('finds none that does not bear it, and offers all that do where it finds none', () => {
    const wrong = countryCodes.flatMap((country) => {
      const regions = regionsOf(country);
      const named = regions.flatMap((region) =>
        [region.name, region.localName ?? region.name, ...region.otherNames].map((text) => ({ text, region })),
      );
      const bearers = Map.groupBy(named, ({ text }) => plainName(text));
      const codes = new Set(regions.flatMap(({ code }) => [code, code.slice(3)].map(plainName)));
      return [...bearers].flatMap(([form, called]) => {
        const [{ text } = { text: '' }] = called;
        if (codes.has(form)) return [];
        const bear = [...new Set(called.map(({ region }) => region.code))];
        const found = findRegion(country, text)?.code;
        const meant = found === undefined ? suggestRegions(country, text).map(({ code }) => code) : [found];
        const isRight = meant.every((code) => bear.includes(code)) && (found !== undefined || meant.length > 1);
        return isRight ? [] : [`${country} ${text}: ${meant.join()}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['LU', 'Luxembourg', 'LU-LU'],
    ['LU', 'LU-L', 'LU-LU'],
    ['LU', 'Diekirch', 'LU-DI'],
    ['DK', 'København', 'DK-84'],
    ['BG', 'Sofia', 'BG-22'],
    ['BG', 'Sofia District', 'BG-23'],
    ['UZ', 'Toshkent', 'UZ-TK'],
    ['UZ', 'Tashkent', 'UZ-TK'],
    ['UZ', 'Tashkent Province', 'UZ-TO'],
    ['BD', 'Dhaka', 'BD-C'],
    ['AZ', 'Lənkəran', 'AZ-LA'],
    ['AZ', 'Lankaran District', 'AZ-LAN'],
  ])('of %s, %s, is %s', (country, name, code) => {
    expect(findRegion(country, name)?.code).toBe(code);
  });

  test('is listed once where one of them is a former one', () => {
    const names = regionsOf('LU').map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
