using BigTech.Chat.Storage;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

public abstract class ChatUserReadModelSuite(TestEngine engine) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ChatHost _host = new(engine);

    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Names_are_learnt_from_events_and_replace_what_was_looked_up()
    {
        (await NameOf(5)).ShouldBe("name5", "looked up, since no event has come yet");
        await Handle(new UserRegistered(5, "ann", "Ann", null, Start));
        (await NameOf(5)).ShouldBe("ann");
        await Handle(new UserProfileUpdated(5, "ann", "Ann of the moon", null, null, Start.AddHours(1)));
        (await _host.Names.Find([5], TestContext.Current.CancellationToken))[5].DisplayName.ShouldBe("Ann of the moon");
    }

    [Fact]
    public async Task An_older_event_that_comes_again_changes_nothing()
    {
        await Handle(new UserRegistered(5, "ann", "Ann", null, Start));
        await Handle(new UserProfileUpdated(5, "ann", "Newest", null, null, Start.AddHours(2)));
        await Handle(new UserProfileUpdated(5, "ann", "Older", null, null, Start.AddHours(1)));
        await Handle(new UserRegistered(5, "ann", "Ann", null, Start));
        (await _host.Names.Find([5], TestContext.Current.CancellationToken))[5].DisplayName.ShouldBe("Newest");
    }

    [Fact]
    public async Task No_user_is_found_for_an_unknown_id() =>
        (await _host.Names.Find([5, 20_000], TestContext.Current.CancellationToken)).Keys.ShouldBe([5]);

    [Fact]
    public async Task A_name_that_was_just_found_is_there_for_code_that_cannot_wait_however_many_were_found_before()
    {
        var users = new ChatUserReadModel(_host.SqlStore, new ChatHost.AllUsersDirectory(), TimeProvider.System, capacity: 4);
        for (var id = 2L; id < 30; id++)
        {
            await users.Find([1, id], TestContext.Current.CancellationToken);
            foreach (var just in new[] { 1, id }) users.Username(just).ShouldBe($"name{just}");
        }
    }

    [Fact]
    public async Task A_transaction_reads_the_name_of_a_user_whom_nothing_has_looked_for()
    {
        await Handle(new UserRegistered(5, "ann", "Ann", null, Start));
        _host.Restart();

        _host.Names.Username(5).ShouldBe("user5", "not at hand");
        (await _host.SqlStore.Write(work => _host.Names.Username(work, 5))).ShouldBe("ann");
        (await _host.SqlStore.Write(work => _host.Names.Username(work, 6))).ShouldBe("user6");
    }

    private async Task<string> NameOf(long id) => (await _host.Names.Find([id], TestContext.Current.CancellationToken))[id].Username;

    private Task Handle(UserRegistered e) => _host.SqlStore.Write(work => _host.Names.On(e, work));

    private Task Handle(UserProfileUpdated e) => _host.SqlStore.Write(work => _host.Names.On(e, work));
}

public sealed class ChatUserReadModelTests() : ChatUserReadModelSuite(TestEngine.Sqlite);

[Engines]
public sealed class ChatUserReadModelMariaDbTests() : ChatUserReadModelSuite(TestEngine.MariaDb);
