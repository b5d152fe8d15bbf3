"""The long passwords that lists of stolen ones hold most often, and those that our name suggests.

Shorter ones need no list: fewer than 12 characters are refused anyway.
"""

COMMON = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789abc 1234567890ab 0123456789ab
    0987654321098 098765432109 987654321098 123456789123 1234567891011 12345678910111213
    012345678910 112233445566 102030405060 121212121212 111222333444 147258369147
    1q2w3e4r5t6y 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv qazwsxedcrfv zaq12wsxcde3
    qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopas qwertyuiopasdfgh qwerty123456
    qwerty1234567 qwerty12345678 qwertyqwerty asdfghjkl123 asdfghjkl;'\\ zxcvbnm12345
    password1234 password12345 password123456 passwordpassword password1234! passw0rd1234
    p@ssw0rd1234 p@ssword1234 mypassword123 newpassword1 newpassword123 thisispassword
    administrator administrator1 admin1234567 admin12345678 admin123456789 adminadmin12
    adminadminadmin administrador superadmin123 rootrootroot changemeplease changeme1234
    changeme12345 letmeinletmein letmein12345 welcome12345 welcome123456 welcomewelcome
    iloveyou1234 iloveyou12345 iloveyou123456 iloveyousomuch iloveyouforever ilovemyfamily
    abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefgh1234 abcdefg12345 abcd12345678
    abc123456789 abc1234567890 a12345678901 a123456789012 aa1234567890 aaa123456789
    unbelievable basketball12 football1234 liverpool123 manchester12 manchesterunited
    chocolate123 princess1234 superman1234 sunshine1234 butterfly123 michael12345
    computer1234 internet1234 samsung12345 secret123456 default12345 guestguestguest
    testtesttest test12345678 testing12345 temporary123 correcthorsebatterystaple
    trustno1trustno1 indonesia123 indonesiaraya indonesia1945 bismillah123 bismillahirrahmanirrahim
    alhamdulillah sayangkamu123 katasandi123 rahasia12345
    helpdesk1234 helpdesk12345 helpdeskhelpdesk osmodesk1234 osmodeskosmodesk osmochat1234
    customerservice customerservice1 customerservice123 telegram1234 whatsapp1234
    """.split()
)
