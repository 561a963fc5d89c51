using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>The signed-in user of this browser.</summary>
public sealed class Account(ChatClient chat, SessionStore store) : Observable
{
    private const string DeviceKey = "device";
    private bool _isFollowing;

    /// <summary>Null while no user is signed in, and until the profile is here.</summary>
    public UserProfile? Me { get; private set; }

    public bool IsSignedIn => chat.Session.Current is not null;

    public long Id => chat.Session.UserId;

    /// <summary>The session has begun.</summary>
    public event Action? SignedIn;

    /// <summary>The session is over, here or in another tab.</summary>
    public event Action? SignedOut;

    /// <summary>Goes on with the session of the last visit, if there is one.</summary>
    public void Start()
    {
        chat.Account.DeviceToken = BrowserScript.Read(DeviceKey);
        chat.Session.Renewed += SessionStore.Write;
        chat.Session.Ended += End;
        store.Changed += Follow;
        store.Start();
        if (SessionStore.Read() is not { } session) return;
        chat.Session.Restore(session);
        Begin();
    }

    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task SignIn(string email, string password)
    {
        await chat.Account.SignIn(email, password);
        BrowserScript.Write(DeviceKey, chat.Account.DeviceToken);
        Begin();
    }

    /// <summary>Registers and signs in.</summary>
    /// <returns>False where the address must be verified first: a mail is on its way.</returns>
    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task<bool> Register(Registration registration)
    {
        if (await chat.Account.Register(registration) is null) return false;
        await SignIn(registration.Email, registration.Password);
        return true;
    }

    public Task SignOut() => chat.Account.SignOut();

    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task ChangeProfile(ProfileChange change)
    {
        Me = await chat.Account.ChangeProfile(change);
        Tell();
    }

    private void Begin()
    {
        _ = LoadProfile();
        SignedIn?.Invoke();
        Tell();
    }

    private async Task LoadProfile()
    {
        Me = await Retried.Until(chat.Account.GetProfile, () => IsSignedIn);
        Tell();
    }

    private void End()
    {
        // What another tab has written meanwhile may be a new session.
        if (!_isFollowing) SessionStore.Write(null);
        Me = null;
        SignedOut?.Invoke();
        Tell();
    }

    /// <summary>What another tab has done.</summary>
    private void Follow(SavedSession? session)
    {
        var isSame = session?.UserId == chat.Session.Current?.UserId;
        if (session is not null) chat.Session.Restore(session);
        if (isSame) return;
        if (session is not null)
        {
            Begin();
            return;
        }
        _isFollowing = true;
        chat.Session.Forget();
        _isFollowing = false;
    }
}
