namespace BigTech.Tests.EndToEnd;

/// <summary>The cookie of a browser session, as a browser keeps and sends it.</summary>
internal static class BrowserSession
{
    public const string CookieName = "browser_session";

    private const string Path = "/auth/browser-session";

    /// <summary>The cookie header of the user's session.</summary>
    public static async Task<string> Of(User user) => CookieOf((await user.Api.Post(Path)).ShouldBe(204));

    /// <summary>The cookie header that an answer sets.</summary>
    public static string CookieOf(Answer answer) => HeaderOf(answer).Split(';')[0];

    /// <summary>The whole header that sets or removes the cookie.</summary>
    public static string HeaderOf(Answer answer) => answer.Headers.GetValues("Set-Cookie").Single(IsOfSession);

    /// <summary>Whether an answer makes the browser forget the cookie.</summary>
    public static bool IsRemovedBy(Answer answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var all) && all.Any(header =>
            header.StartsWith($"{CookieName}=;", StringComparison.Ordinal)
            && header.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase));

    /// <summary>A request with the cookie, without a token.</summary>
    public static async Task<Answer> Send(
        ApiClient caller, HttpMethod method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, caller.Url(path));
        request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await caller.Send(request);
    }

    /// <summary>A read with the cookie that must be refused: of a stream that opens it would read for ever.</summary>
    public static Task<Answer> Get(ApiClient caller, string path, string cookie, params (string Name, string Value)[] headers) =>
        Send(caller, HttpMethod.Get, path, cookie, headers);

    private static bool IsOfSession(string header) => header.StartsWith($"{CookieName}=", StringComparison.Ordinal);
}
