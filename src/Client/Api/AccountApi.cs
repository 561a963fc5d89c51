using System.Text.Json.Serialization.Metadata;
using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Registration, sign-in, one's own profile and settings.</summary>
public sealed class AccountApi
{
    private readonly ApiConnection _api;
    private readonly ChatSession _session;
    private string? _deviceToken;

    internal AccountApi(ApiConnection api, ChatSession session) => (_api, _session) = (api, session);

    /// <summary>Creates a user, who is not signed in by it.</summary>
    /// <returns>
    /// The user; null where the server wants the address verified first: the account exists after <see cref="VerifyEmail"/>.
    /// </returns>
    /// <exception cref="ChatApiException">409: <see cref="ChatApiException.Field"/> is taken. 422: invalid.</exception>
    public Task<UserProfile?> Register(Registration registration, CancellationToken ct = default) => _api.SendForAnswerOrNone(
        HttpMethod.Post, "auth/register", registration, ChatJson.Default.Registration, ChatJson.Default.UserProfile, ct);

    /// <summary>
    /// Verifies an address with the code of a mail: that of the account, of a registration, or of <see cref="ChangeEmail"/>. A code works
    /// once.
    /// </summary>
    /// <param name="password">
    /// The password of the registration; needed only where the server has several of one address, which 403 <c>password_required</c> says.
    /// </param>
    /// <exception cref="ChatApiException">403: see the password. 404: the code is not valid. 409: another user was first.</exception>
    public Task VerifyEmail(string code, string? password = null, CancellationToken ct = default) => _api.SendAnonymous(
        HttpMethod.Post, "auth/email/verify", new TokenBody(code, password), ChatJson.Default.TokenBody, ct);

    /// <summary>Asks for another mail that verifies an address. It succeeds whether or not there is something to verify.</summary>
    public Task ResendVerification(string email, CancellationToken ct = default) => _api.SendAnonymous(
        HttpMethod.Post, "auth/email/resend", new EmailBody(email), ChatJson.Default.EmailBody, ct);

    /// <summary>Asks for a mail with a code for a new password. It succeeds whether or not there is such an account.</summary>
    public Task ForgotPassword(string email, CancellationToken ct = default) => _api.SendAnonymous(
        HttpMethod.Post, "auth/password/forgot", new EmailBody(email), ChatJson.Default.EmailBody, ct);

    /// <summary>Chooses a new password with the code of a mail. All sessions of the user end, and every lock of the account.</summary>
    /// <exception cref="ChatApiException">404: the code is not valid. 422: nor is the password.</exception>
    public Task ResetPassword(string code, string newPassword, CancellationToken ct = default) => _api.SendAnonymous(
        HttpMethod.Post, "auth/password/reset", new ResetBody(code, newPassword), ChatJson.Default.ResetBody, ct);

    /// <summary>Signs in. The tokens are renewed from then on; keep them with <see cref="ChatSession.Renewed"/>.</summary>
    /// <exception cref="ChatApiException">
    /// 401: wrong address or password. 403 <c>email_not_verified</c>: see <see cref="VerifyEmail"/>. 429: too many attempts.
    /// </exception>
    public async Task<SavedSession> SignIn(string email, string password, CancellationToken ct = default)
    {
        var tokens = await _api.SignIn(new LoginBody(email, password), _deviceToken, ct);
        _deviceToken = tokens.DeviceToken ?? _deviceToken;
        return _session.Begin(tokens);
    }

    /// <summary>
    /// What tells the server that this device has signed in before, so that wrong passwords of others do not lock it out. Keep it beside
    /// the session, also after signing out, and set it before a sign-in; null before the first one.
    /// </summary>
    public string? DeviceToken
    {
        get => _deviceToken;
        set => _deviceToken = value;
    }

    /// <summary>Ends the session. It is over for this client even if the server cannot be reached.</summary>
    public async Task SignOut(CancellationToken ct = default)
    {
        if (_session.Current is not { } current) return;
        try
        {
            // With the refresh token alone: it works when the access token has expired.
            await _api.SendAnonymous(
                HttpMethod.Post, "auth/logout", new RefreshBody(current.RefreshToken), ChatJson.Default.RefreshBody, ct);
        }
        finally
        {
            _session.End();
        }
    }

    /// <summary>Ends all sessions of the user, this one included.</summary>
    public async Task SignOutEverywhere(CancellationToken ct = default)
    {
        await _api.Send(HttpMethod.Post, "auth/logout-all", ct);
        _session.End();
    }

    /// <summary>
    /// In a browser: sets a cookie that opens streams and files by their address alone, for an <c>EventSource</c> and images. It ends with
    /// the session. The streams of this client need none.
    /// </summary>
    public Task OpenBrowserSession(CancellationToken ct = default) => _api.Send(HttpMethod.Post, "auth/browser-session", ct);

    /// <summary>Removes that cookie; the session goes on.</summary>
    public Task CloseBrowserSession(CancellationToken ct = default) => _api.Send(HttpMethod.Delete, "auth/browser-session", ct);

    /// <summary>The devices that are signed in.</summary>
    public Task<DeviceSessionPage> ListSessions(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("auth/sessions", ("limit", limit), ("cursor", cursor)), ChatJson.Default.DeviceSessionPage, ct);

    /// <summary>Signs a device out.</summary>
    public Task EndSession(long id, CancellationToken ct = default) => _api.Send(HttpMethod.Delete, $"auth/sessions/{id}", ct);

    /// <summary>Changes the password and ends all other sessions.</summary>
    public Task ChangePassword(string oldPassword, string newPassword, CancellationToken ct = default) => _api.Send(
        HttpMethod.Put, "auth/password", new PasswordBody(oldPassword, newPassword), ChatJson.Default.PasswordBody, ct);

    /// <summary>Asks for another e-mail address, which counts after <see cref="VerifyEmail"/> with the code of the mail to it.</summary>
    /// <exception cref="ChatApiException">403: wrong password.</exception>
    public Task ChangeEmail(string email, string password, CancellationToken ct = default) => _api.Send(
        HttpMethod.Put, "auth/email", new LoginBody(email, password), ChatJson.Default.LoginBody, ct);

    /// <summary>One's own profile.</summary>
    public Task<UserProfile> GetProfile(CancellationToken ct = default) => _api.Get("profile/me", ChatJson.Default.UserProfile, ct);

    /// <summary>Changes what is given.</summary>
    public Task<UserProfile> ChangeProfile(ProfileChange change, CancellationToken ct = default) =>
        Change(HttpMethod.Patch, "profile/me", change, ChatJson.Default.ProfileChange, ChatJson.Default.UserProfile, ct);

    /// <summary>The privacy settings.</summary>
    public Task<PrivacySettings> GetPrivacy(CancellationToken ct = default) =>
        _api.Get("users/me/privacy", ChatJson.Default.PrivacySettings, ct);

    /// <summary>Changes what is given.</summary>
    public Task<PrivacySettings> ChangePrivacy(PrivacyChange change, CancellationToken ct = default) =>
        Change(HttpMethod.Put, "users/me/privacy", change, ChatJson.Default.PrivacyChange, ChatJson.Default.PrivacySettings, ct);

    private Task<T> Change<TBody, T>(
        HttpMethod method, string path, TBody change, JsonTypeInfo<TBody> type, JsonTypeInfo<T> answer, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _api.Send(method, path, change, type, answer, ct);
    }
}
