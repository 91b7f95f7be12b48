/**
 * Characters of everyday press language that only one of the two scripts uses, Simplified first. Where Simplified merged
 * several characters (后/後/后, 里/裡/里) the pair is left out: it would count against names and classical words.
 */
const PAIRS =
  '国國学學会會来來时時个個们們为為这這对對说說发發业業产產动動经經济濟现現实實与與开開关關长長门門问問间間闻聞' +
  '报報导導记記书書东東车車马馬鸟鳥鱼魚龙龍见見观觀觉覺览覽讯訊设設计計试試议議论論评評认認识識语語请請读讀谁誰调調谈談谢謝' +
  '钱錢银銀铁鐵锋鋒错錯镇鎮镜鏡钟鐘针針钢鋼链鏈销銷铺鋪锻鍛飞飛风風' +
  '头頭买買卖賣华華单單卫衛历歷压壓厅廳县縣参參双雙变變叶葉号號听聽启啟员員响響团團园園围圍图圖圆圓场場坏壞块塊坚堅' +
  '声聲处處备備复復够夠奖獎妇婦孙孫宁寧宝寶审審宽寬宾賓层層属屬岁歲岛島币幣师師带帶帮幫应應庆慶库庫张張弹彈强強录錄彻徹' +
  '总總战戰户戶扩擴扬揚护護担擔择擇挥揮损損据據换換摄攝数數断斷无無旧舊显顯术術机機杂雜权權条條标標树樹样樣档檔桥橋检檢楼樓' +
  '欢歡残殘毕畢汇匯汉漢污汙沟溝测測济濟浓濃涉涉涨漲渐漸湾灣温溫满滿滨濱灭滅灯燈灵靈热熱爱愛状狀独獨环環电電画畫疗療监監盖蓋盘盤' +
  '确確码碼础礎离離种種积積称稱稳穩穷窮竞競笔筆签簽简簡类類粮糧紧緊红紅约約级級纪紀纯純纳納纸紙线線练練组組细細终終织織绍紹结結给給络絡统統继繼绩績续續维維综綜绿綠网網编編缘緣' +
  '罗羅联聯职職肃肅胜勝脑腦节節范範药藥获獲营營萨薩蓝藍虑慮虽雖补補装裝规規视視触觸订訂训訓许許证證诉訴词詞译譯该該详詳误誤课課' +
  '贝貝负負财財责責败敗质質费費贴貼资資赛賽赠贈赢贏趋趨跃躍转轉轮輪软軟轻輕载載较較辆輛辑輯输輸边邊达達过過运運还還进進远遠连連违違适適选選递遞邮郵邻鄰释釋' +
  '队隊阳陽阶階际際陆陸险險随隨隐隱难難雾霧页頁顶頂项項顺順须須顾顧预預领領频頻题題额額馆館驱驅驶駛验驗齐齊龄齡';

const SIMPLIFIED = new Set<string>();
const TRADITIONAL = new Set<string>();
for (let at = 0; at + 1 < PAIRS.length; at += 2) {
  const [simplified, traditional] = [PAIRS[at]!, PAIRS[at + 1]!];
  if (simplified === traditional) continue;
  SIMPLIFIED.add(simplified);
  TRADITIONAL.add(traditional);
}
for (const both of SIMPLIFIED) {
  if (!TRADITIONAL.has(both)) continue;
  SIMPLIFIED.delete(both);
  TRADITIONAL.delete(both);
}

/** How many characters of a text belong to one script only. */
export function countScripts(text: string): { readonly simplified: number; readonly traditional: number } {
  let simplified = 0;
  let traditional = 0;
  for (const character of text) {
    if (SIMPLIFIED.has(character)) simplified += 1;
    else if (TRADITIONAL.has(character)) traditional += 1;
  }
  return { simplified, traditional };
}
