using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Integration.Sql;
using BigTech.Users;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

/// <summary>The User context's store on a real engine.</summary>
internal sealed class UsersStore : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly StoreHome _home;

    public UsersStore(TestEngine engine)
    {
        _home = StoreHome.On(engine);
        SqlStore = Open();
        Users = new UserRepository(SqlStore);
        Sessions = new SessionRepository(SqlStore);
    }

    public ManualTime Time { get; } = new();
    public Store SqlStore { get; private set; }
    public UserRepository Users { get; private set; }
    public SessionRepository Sessions { get; private set; }

    public DateTimeOffset Now => Time.GetDbNow();

    /// <summary>Closes the store and opens it again, as a restart does.</summary>
    public void Reopen()
    {
        SqlStore.Dispose();
        SqlStore = Open();
        Users = new UserRepository(SqlStore);
        Sessions = new SessionRepository(SqlStore);
    }

    public User NewUser(string username, string? displayName = null, string? email = null) => User.Register(
        EmailAddress.Parse(email ?? $"{username}@example.com").Value!,
        Username.Parse(username).Value!,
        displayName is null ? null : DisplayName.Parse(displayName).Value!,
        $"hash of {username}",
        Now);

    public async Task<User> Add(string username, string? displayName = null, string? email = null) =>
        (await Users.Add(NewUser(username, displayName, email))).Added!;

    /// <summary>The types and keys of all events so far.</summary>
    public async Task<List<string>> Events() =>
        (await SqlStore.Log.Read(Contracts.Topics.User, 0, 1000, Ct)).ConvertAll(e => $"{e.Type} {e.Key}");

    public void Dispose()
    {
        SqlStore.Dispose();
        _home.Dispose();
    }

    private Store Open() => _home.Open(UsersDatabase.Name, typeof(UsersModule).Assembly, Time);
}
