/** The given name first, then what those who have it are called. A short form may belong to several names. */
const GROUPS = `abigail abby abbie gail|abraham abe bram|adam ade|albert al bert bertie|alexander alex al alec sandy xander lex sasha|alexandra alex sandra alexa lexi sasha|alfred al fred alfie freddie
alice allie ali|alison ali allie|amanda mandy|amelia amy millie mia|andrea andi andie|andrew andy drew|angela angie|ann anne annie anna nan nancy|anthony tony ant|antonio tony toni|arthur art artie
barbara barb babs barbie|bartholomew bart|beatrice bea trixie|benjamin ben benny benji|bernard bernie|beverly bev|bradley brad|brandon brand|brian bryan|bridget biddy bridie
caroline carrie carol lina|cassandra cass cassie sandra|catherine katherine kathryn katharine cathy kathy kate katie kat kit kitty cat cate kay|cecilia cece celia|charles charlie chuck chas chaz|charlotte charlie lottie|christina tina chris chrissy christine kristina kristin|christopher chris kit topher kris|clifford cliff|constance connie|cornelius neil con|curtis curt|cynthia cindy
daniel dan danny|danielle dani|david dave davey|deborah debra deb debbie|dennis denny|derek derrick|diana diane di|dolores lola|dominic dom nick|donald don donnie|dorothy dot dottie dolly|douglas doug
edgar ed eddie|edith edie|edmund ed eddie ned ted|edward ed eddie ned ted teddy|edwin ed eddie|eleanor ellie nell nora elle|elijah eli|elizabeth elisabeth liz lizzie beth betsy betty eliza libby lisa bess elise|emily em emmy millie|emma em emmy|eric rick|ernest ernie|esther essie hettie|eugene gene|evelyn eve evie
florence flo flossie|frances fran fanny frankie|francis frank fran frankie|franklin frank|frederick fred freddie fritz rick
gabriel gabe|gabriella gabrielle gabby ella|geoffrey jeffrey geoff jeff|george georgie|gerald gerry jerry|geraldine gerry|gertrude gertie trudy|gilbert gil bert|gregory greg|guillermo memo|gwendolyn gwen
harold harry hal|harriet hattie|harrison harry|helen nell nellie|henry harry hank hal|herbert herb bert|howard howie|hubert hugh bert
ignacio nacho|irene rene|isaac ike|isabella isabel isabelle bella izzy belle|jacob jake jay|jacqueline jackie|james jim jimmy jamie jem|janet jan|jason jay|jean jeanne jeannie|jennifer jen jenny jenn|jeremiah jerry|jeremy jerry|jerome jerry|jessica jess jessie|joan joanie|joanna joanne jo|jonathan jon john nathan jonny|johnathan john johnny jack jon|john johnny jack jon|jose pepe|josefina pepa|joseph joe joey jo|josephine jo josie|joshua josh|joyce joy|juan juanito|judith judy|julia julie jules|julian jules
karen kari|kenneth ken kenny|kimberly kim|kristopher kris chris|laura laurie|lawrence laurence larry lars laurie|leonard leo len lenny|leonardo leo|leslie les|lillian lily lil|linda lindy lyn|louis lewis lou louie|louise lou|lucille lucy|lucas luke luca|luis lucho
madeline maddie madison|manuel manny|marcus marc mark|margaret maggie meg peg peggy marge margie greta rita daisy|maria mary|marianne mary|marilyn mary|marjorie marge margie|martha marty patty|martin marty|mary molly polly mae may|matilda tilly mattie|matthew matt matty|maurice mo|maximilian max|melanie mel|melissa mel missy lissa|mercedes mercy|michael mike mick mickey micky mikey|michelle shelly mickey|mildred millie|mitchell mitch|mohammed muhammad mohamed mohammad mo|montgomery monty
nancy nan|natalie nat|nathan nate nat|nathaniel nate nat nathan|nicholas nicolas nick nicky nico|nicole nicky nikki|norman norm|oliver ollie|olivia liv livvy|oscar ozzie|oswald oz|pamela pam|patricia pat patty patsy tricia trish|patrick pat paddy rick|paul paulie|pauline polly|penelope penny|peter pete|philip phillip phil pip|priscilla cilla|rachel rae|ralph rafe|raymond ray|rebecca becky becca|reginald reg reggie|richard rick dick rich richie ricky|robert rob bob bobby robbie bert|roberta bobbie|rodney rod|roger rog|roland rollie|ronald ron ronnie|rosemary rose rosie|roxanne roxy|russell russ rusty|ruth ruthie
samantha sam sammie|samuel sam sammy|sandra sandy|sarah sara sally sadie|scott scotty|sebastian seb bastian|sharon shari|shirley shirl|sidney sid|simon si|solomon sol|sophia sophie sofia|stanley stan|stephanie steph|stephen steven steve stevie|stuart stewart stu|susan suzanne susanna sue susie suzy|sylvia syl|tamara tammy|teresa theresa terry tess tessa|terence terry|thaddeus thad|theodore theo ted teddy|thomas tom tommy|timothy tim timmy|tobias toby|tyler ty|ulysses lyss
valerie val|vanessa nessa|veronica ronnie vera|vernon vern|victor vic|victoria vicky vikki tori|vincent vince vinny|viola vi|virginia ginny|vivian viv|walter walt wally|wendell wen|wesley wes|wilhelmina mina|william will bill billy willy liam|winifred winnie fred|winston win|xavier javier|yolanda yoli|yvonne vonnie|zachary zach zack|zoe zoey`;

const groupsOf = new Map<string, string[]>();
for (const group of GROUPS.split(/[|\n]/)) {
  const [given = '', ...short] = group.split(' ');
  for (const name of [given, ...short]) groupsOf.set(name, [...(groupsOf.get(name) ?? []), given]);
}

/** The given names that somebody so called may have; none for a name that is not in the table. */
export function givenNames(name: string): readonly string[] {
  return groupsOf.get(name) ?? [];
}
