import type { Language } from '#libs/kernel';

type Words = Readonly<Record<Language, string>>;

function words(hant: string, hans: string, en: string): Words {
  return { 'zh-Hant': hant, 'zh-Hans': hans, en };
}

/** What the user should look at, each with what to do. */
export const WARNING_WORDS: Readonly<Record<string, Words>> = {
  'embargo-date-missing': words(
    '限時發布一行沒有日期，請補上。',
    '限时发布一行没有日期，请补上。',
    'The embargo line has no date: add it.',
  ),
  'embargo-time-missing': words(
    '限時發布一行沒有時間，請補上。',
    '限时发布一行没有时间，请补上。',
    'The embargo line has no time of day: add it.',
  ),
  'embargo-several-dates': words(
    '限時發布一行有多於一個日期，採用了第一個，請核對。',
    '限时发布一行有多个日期，采用了第一个，请核对。',
    'The embargo line has several dates; the first was taken: check it.',
  ),
  'embargo-several-times': words(
    '限時發布一行有多於一個時間，採用了第一個，請核對。',
    '限时发布一行有多个时间，采用了第一个，请核对。',
    'The embargo line has several times; the first was taken: check it.',
  ),
  'embargo-midnight': words(
    '「午夜」可指當日開始或結束，請寫明 00:01 或 23:59。',
    '“午夜”可指当日开始或结束，请写明 00:01 或 23:59。',
    '“Midnight” can be the start or the end of the day: write 00:01 or 23:59.',
  ),
  'embargo-twelve': words(
    '上午或下午 12 時已按慣例理解，請核對。',
    '上午或下午 12 时已按惯例理解，请核对。',
    '12 a.m. or p.m. was read in the customary way: check it.',
  ),
  'zone-missing': words(
    '限時發布一行沒有註明時區，請補上。',
    '限时发布一行没有注明时区，请补上。',
    'The embargo line names no time zone: add it.',
  ),
  'zone-ambiguous': words(
    '時區縮寫可指多於一個時區，請核對。',
    '时区缩写可指多个时区，请核对。',
    'The abbreviation of the zone stands for several zones: check it.',
  ),
  'zone-season': words(
    '所寫時區在該日期並不適用（夏令／冬令時間），請核對。',
    '所写时区在该日期并不适用（夏令／冬令时间），请核对。',
    'That zone is not kept on that date (summer or winter time): check it.',
  ),
  'zone-from-place': words(
    '時區按電頭的地點推斷，請核對。',
    '时区按电头的地点推断，请核对。',
    'The zone was taken from the place of the dateline: check it.',
  ),
  'zone-from-offset': words(
    '只寫了與 UTC 的時差，時區按地點推斷，請核對。',
    '只写了与 UTC 的时差，时区按地点推断，请核对。',
    'Only an offset from UTC was given; the zone was taken from the place: check it.',
  ),
  'zone-only-offset': words(
    '只寫了與 UTC 的時差，請補上時區。',
    '只写了与 UTC 的时差，请补上时区。',
    'Only an offset from UTC was given: name the zone.',
  ),
  'several-zones': words(
    '限時發布一行有多於一個時區，採用了第一個，請核對。',
    '限时发布一行有多个时区，采用了第一个，请核对。',
    'The embargo line names several zones; the first was taken: check it.',
  ),
  'immediate-and-embargo': words(
    '同時註明即時發布及限時發布；採用了限時發布，請核對。',
    '同时注明即时发布及限时发布；采用了限时发布，请核对。',
    'Both an immediate release and an embargo are stated; the embargo was taken: check it.',
  ),
  'embargo-elsewhere': words(
    '文中另有限時發布的字眼，請確認是否設有時限。',
    '文中另有限时发布的字眼，请确认是否设有时限。',
    'Words of an embargo stand elsewhere in the text: make sure whether there is one.',
  ),
  'year-missing': words('日期沒有年份，請補上。', '日期没有年份，请补上。', 'A date has no year: add it.'),
  'year-inferred': words(
    '日期沒有年份，取自文中其他日期，請核對。',
    '日期没有年份，取自文中其他日期，请核对。',
    'A date has no year; it was taken from another date of the release: check it.',
  ),
  'day-or-month': words(
    '日與月的次序不明確，請寫明日期。',
    '日与月的次序不明确，请写明日期。',
    'Day and month could change places: write the month in words.',
  ),
  'weekday-wrong': words(
    '星期與日期不符，請核對。',
    '星期与日期不符，请核对。',
    'The weekday does not fall on that date: check both.',
  ),
  'dates-differ': words(
    '稿中的發稿日期前後不一，請核對。',
    '稿中的发稿日期前后不一，请核对。',
    'The release is dated differently in two places: check it.',
  ),
  'place-from-zone': words(
    '電頭的地點按發稿時區推斷，請核對。',
    '电头的地点按发稿时区推断，请核对。',
    'The place of the dateline was taken from the zone of issue: check it.',
  ),
  'date-from-end': words(
    '電頭的日期取自文末，請核對。',
    '电头的日期取自文末，请核对。',
    'The date of the dateline was taken from the end of the release: check it.',
  ),
  'hyphen-guessed': words(
    '行末連字號是否屬於該字，只能推測，請核對。',
    '行末连字号是否属于该词，只能推测，请核对。',
    'Whether a hyphen at a line end belongs to its word was guessed: check it.',
  ),
  'radicals-replaced': words(
    'PDF 部首字元已換成一般漢字。',
    'PDF 部首字符已换成一般汉字。',
    'Radicals from a PDF were replaced by ordinary characters.',
  ),
  'control-characters': words(
    '文中的控制字元未有採用。',
    '文中的控制字符未被采用。',
    'Control characters in the text were left out.',
  ),
  'replacement-characters': words(
    '文中有無法還原的字元（�），請核對。',
    '文中有无法还原的字符（�），请核对。',
    'The text holds characters that were lost before (�): check them.',
  ),
  'encoding-guessed': words(
    '檔案編碼按內容推斷，如有亂碼請另選編碼。',
    '文件编码按内容推断，如有乱码请另选编码。',
    'The encoding was told from the content: if characters look wrong, choose another.',
  ),
  'language-guessed': words(
    '語言按內容推斷，請核對。',
    '语言按内容推断，请核对。',
    'The language was told from the content: check it.',
  ),
  'language-differs': words(
    '內容的語言與所選語言不同，請核對。',
    '内容的语言与所选语言不同，请核对。',
    'The text is in another language than the one given: check it.',
  ),
  'second-language': words(
    '檔案可能載有兩種語言的文本，請分開匯入。',
    '文件可能含有两种语言的文本，请分开导入。',
    'The file may hold editions in two languages: import them apart.',
  ),
  'download-link-guessed': words(
    '圖片下載連結按推測配對，請核對。',
    '图片下载链接按推测配对，请核对。',
    'The link of the image download was guessed: check it.',
  ),
  'website-from-boilerplate': words(
    '網站取自機構簡介。',
    '网站取自机构简介。',
    'The web site was taken from the boilerplate.',
  ),
  'link-left-out': words(
    '有連結不是網頁、電郵或電話連結，未有採用。',
    '有链接不是网页、邮箱或电话链接，未被采用。',
    'A link that is no web, mail or telephone address was left out.',
  ),
  'picture-left-out': words(
    '有圖片未隨檔案附上，請另行加入。',
    '有图片未随文件附上，请另行加入。',
    'A picture did not come with the file: add it by hand.',
  ),
  'word-parts-unknown': words(
    'Word 文件有未能辨認的部分，請核對。',
    'Word 文档有未能识别的部分，请核对。',
    'The Word document has parts that could not be read: check it.',
  ),
};
