using System.Net;
using System.Net.Http.Json;

namespace BigTech.Chat.Client;

/// <summary>
/// The tokens of a signed-in user. They are renewed before they expire, by one request for all calls that wait for it. Safe to use from
/// several threads.
/// </summary>
public sealed class ChatSession
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private SavedSession? _current;
    private Task<SavedSession>? _renewal;

    internal ChatSession(HttpClient http, TimeProvider time)
    {
        _http = http;
        _time = time;
    }

    /// <summary>There are new tokens: keep them in place of the old ones. Called on the thread that has fetched them.</summary>
    public event Action<SavedSession>? Renewed;

    /// <summary>
    /// The session is over: the user has signed out, here or elsewhere, or it was ended. Not called when the server cannot be reached.
    /// </summary>
    public event Action? Ended;

    /// <summary>The tokens of now, null while no user is signed in.</summary>
    public SavedSession? Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>The signed-in user.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public long UserId => Current?.UserId ?? throw new InvalidOperationException("No user is signed in.");

    /// <summary>A token that lets calls go through now, such as for a client of one's own.</summary>
    /// <returns>Null while no user is signed in.</returns>
    /// <exception cref="ChatApiException">401: the session is over.</exception>
    public async Task<string?> AccessToken(CancellationToken ct = default)
    {
        var current = Current;
        if (current is null || current.ExpiresAt - _time.GetUtcNow() > Margin) return current?.AccessToken;
        return await RenewedToken(current.AccessToken, ct);
    }

    /// <summary>Goes on with a sign-in of before.</summary>
    public void Restore(SavedSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_gate) (_current, _renewal) = (session, null);
    }

    /// <summary>Ends the session here alone, and does not tell the server: it has ended elsewhere, such as in another tab.</summary>
    public void Forget() => End();

    /// <summary>The token after this one: another call may have fetched it already.</summary>
    internal async Task<string?> RenewedToken(string used, CancellationToken ct)
    {
        Task<SavedSession> renewal;
        lock (_gate)
        {
            if (_current is null) return null;
            if (_current.AccessToken != used) return _current.AccessToken;
            // Without the caller's cancellation: others wait for it as well.
            renewal = _renewal ??= Renew(_current);
        }
        return (await renewal.WaitAsync(ct)).AccessToken;
    }

    internal SavedSession Begin(Tokens tokens)
    {
        var session = From(tokens);
        lock (_gate) (_current, _renewal) = (session, null);
        Renewed?.Invoke(session);
        return session;
    }

    internal void End()
    {
        lock (_gate)
        {
            if (_current is null) return;
            (_current, _renewal) = (null, null);
        }
        Ended?.Invoke();
    }

    private SavedSession From(Tokens tokens) =>
        new(tokens.UserId, tokens.AccessToken, tokens.RefreshToken, _time.GetUtcNow().AddSeconds(tokens.ExpiresIn));

    private async Task<SavedSession> Renew(SavedSession old)
    {
        // The caller holds the lock until this returns a task.
        await Task.Yield();
        SavedSession renewed;
        try
        {
            renewed = From(await Fetch(old));
        }
        catch (ChatApiException refusal) when (refusal.Status is HttpStatusCode.Unauthorized)
        {
            if (IsCurrent(old)) End();
            throw;
        }
        catch
        {
            // The next call tries again: the server answers a repeated token with the same successor.
            lock (_gate) _renewal = null;
            throw;
        }
        lock (_gate)
        {
            // A sign-out or another sign-in came in between.
            if (!ReferenceEquals(_current, old)) return _current ?? renewed;
            (_current, _renewal) = (renewed, null);
        }
        Renewed?.Invoke(renewed);
        return renewed;
    }

    private bool IsCurrent(SavedSession session)
    {
        lock (_gate) return ReferenceEquals(_current, session);
    }

    private async Task<Tokens> Fetch(SavedSession old)
    {
        using var response = await _http.PostAsync(
            "auth/refresh", JsonContent.Create(new RefreshBody(old.RefreshToken), ChatJson.Default.RefreshBody));
        await ApiConnection.ThrowIfRefused(response, CancellationToken.None);
        return await ApiConnection.ReadAnswer(response, ChatJson.Default.Tokens, CancellationToken.None);
    }
}
