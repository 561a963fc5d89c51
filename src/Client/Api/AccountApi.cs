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
    /// <exception cref="ChatApiException">409: <see cref="ChatApiException.Field"/> is taken. 422: invalid.</exception>
    public Task<UserProfile> Register(Registration registration, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, "auth/register", registration, ChatJson.Default.Registration, ChatJson.Default.UserProfile, ct);

    /// <summary>Signs in. The tokens are renewed from then on; keep them with <see cref="ChatSession.Renewed"/>.</summary>
    /// <exception cref="ChatApiException">401: wrong address or password. 429: too many attempts.</exception>
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
