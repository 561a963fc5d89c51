using BigTech.Tests.EndToEnd;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace BigTech.Tests.EndToEnd;

/// <summary>The one server of all stories that neither kill it nor need it set up otherwise; each brings its own users.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private ServerProcess? _process;

    public ServerProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    public ApiClient Anonymous => Process.Anonymous;

    public async ValueTask InitializeAsync() => _process = await ServerProcess.Start();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    /// <inheritdoc cref="ServerProcess.NewUser"/>
    public Task<User> NewUser(string? displayName = null) => Process.NewUser(displayName);

    /// <inheritdoc cref="ServerProcess.NewUsers"/>
    public Task<User[]> NewUsers(int count) => Process.NewUsers(count);

    /// <inheritdoc cref="ServerProcess.TwoInARoom"/>
    public Task<(User Ann, User Bob, long Room)> TwoInARoom() => Process.TwoInARoom();
}
