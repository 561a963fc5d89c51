using BigTech.Users.Domain;

namespace BigTech.Users.Mailing;

/// <summary>What letters say in Korean.</summary>
internal static class KoreanWords
{
    private const string TokenHint = "또는 이 코드를 사용하는 프로그램에 붙여 넣으세요.";
    private const string NotYou = "요청하신 적이 없다면 아무것도 하지 않으셔도 됩니다.";

    public static LetterWords Of(Letter letter) => letter.Kind switch
    {
        LetterKind.ResetPassword => new(
            "비밀번호 재설정",
            ["안녕하세요.", $"{letter.Username} 계정의 새 비밀번호가 요청되었습니다. 아래 링크에서 새 비밀번호를 정하실 수 있습니다."],
            ["링크는 30분 동안 한 번만 쓸 수 있으며, 사용하면 모든 기기에서 로그아웃됩니다.", $"{NotYou} 비밀번호는 그대로 유지됩니다."],
            "새 비밀번호 정하기", TokenHint),
        LetterKind.VerifyAddress => new(
            "이메일 주소 확인",
            ["안녕하세요.", $"{letter.Username} 계정에 이 주소가 등록되었습니다. 아래 링크에서 본인의 주소임을 확인해 주세요."],
            ["링크는 24시간 동안 한 번만 쓸 수 있습니다.", NotYou],
            "주소 확인하기", TokenHint),
        LetterKind.FinishRegistration => new(
            "가입 마치기",
            ["안녕하세요.", $"이 주소로 {letter.Username} 계정 가입이 신청되었습니다. 아래 링크에서 주소를 확인하면 계정이 열립니다."],
            ["링크는 24시간 동안 한 번만 쓸 수 있습니다.", "이 이름과 비밀번호를 정한 사람이 본인이 아니라면 링크를 사용하지 마세요."],
            "주소 확인하고 계정 열기", TokenHint),
        LetterKind.AddressTaken => new(
            "이미 계정이 있습니다",
            ["안녕하세요.", $"다른 계정에 이 주소가 입력되었지만, 이 주소는 이미 {letter.Username} 계정의 주소입니다. 바뀐 것은 없습니다."],
            ["본인이라면 이 주소로 로그인하시고, 비밀번호를 잊었다면 새 비밀번호를 요청해 주세요.", NotYou]),
        LetterKind.PasswordChanged => new(
            "비밀번호가 변경되었습니다",
            ["안녕하세요.", $"{letter.Username} 계정의 비밀번호가 변경되었고, 다른 기기에서 로그아웃되었습니다."],
            ["본인이 한 일이 아니라면 바로 새 비밀번호를 요청하고 서버 관리자에게 알려 주세요."]),
        _ => new(
            "이메일 주소가 변경되었습니다",
            ["안녕하세요.", $"{letter.Username} 계정의 이메일 주소가 다른 주소로 변경되었습니다. 이 주소는 더 이상 그 계정의 주소가 아닙니다."],
            ["본인이 한 일이 아니라면 바로 서버 관리자에게 알려 주세요."]),
    };
}
