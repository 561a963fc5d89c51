using BigTech.BuildingBlocks.Events;
using BigTech.Contracts;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Sql;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

public abstract class UserRepositorySuite(TestEngine engine) : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly UsersStore _store = new(engine);

    [Fact]
    public async Task A_user_is_found_as_they_were_stored()
    {
        var added = await _store.Add("kim_cs", "김철수", "Kim@Example.com");
        added.Id.ShouldBeGreaterThan(0);
        _store.Reopen();
        (await _store.Users.Find(added.Id, Ct)).ShouldBe(added);
        (await _store.Users.FindByEmail("kim@example.com", Ct)).ShouldBe(added);
        (await _store.Users.Find([added.Id, 77], Ct)).ShouldBe([added]);
        (await _store.Users.Exists(added.Id, Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task No_user_is_found_where_none_exists()
    {
        (await _store.Users.Find(1, Ct)).ShouldBeNull();
        (await _store.Users.Find([], Ct)).ShouldBeEmpty();
        (await _store.Users.FindByEmail("kim@example.com", Ct)).ShouldBeNull();
        (await _store.Users.Exists(1, Ct)).ShouldBeFalse();
        (await _store.Users.ChangeProfile(1, user => user)).ShouldBeNull();
    }

    [Theory]
    [InlineData("KIM@example.COM", "other", Taken.Email)]
    [InlineData("other@example.com", "KIM_cs", Taken.Username)]
    [InlineData("kim@example.com", "kim_cs", Taken.Email)]
    public async Task Names_are_unique_without_case(string email, string username, object taken)
    {
        await _store.Add("kim_cs", email: "kim@example.com");
        var second = _store.NewUser(username, email: email);
        (await _store.Users.FindTaken(second.Email, second.Username, Ct)).ShouldBe(taken);
        (await _store.Users.Add(second)).ShouldBe((null, (Taken)taken));
        (await _store.Events()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_want_one_address_at_once_one_gets_it()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(
            () => _store.Users.Add(_store.NewUser($"user_{i}", email: "same@example.com")))));
        results.Count(result => result.Added is not null).ShouldBe(1);
        results.Count(result => result.Taken == Taken.Email).ShouldBe(31);
        (await _store.Events()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_want_one_username_at_once_one_gets_it()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(
            () => _store.Users.Add(_store.NewUser(i % 2 == 0 ? "same" : "SAME", email: $"user{i}@example.com")))));
        results.Count(result => result.Added is not null).ShouldBe(1);
        results.Count(result => result.Taken == Taken.Username).ShouldBe(31);
    }

    [Fact]
    public async Task A_new_user_is_announced()
    {
        var user = await _store.Add("kim_cs", "김철수");
        var e = (await _store.SqlStore.Log.Read(Topics.User, 0, 10, Ct)).ShouldHaveSingleItem();
        e.Type.ShouldBe(UserRegistered.WireName);
        EventJson.Deserialize<UserRegistered>(e.Data).ShouldBe(new UserRegistered(user.Id, "kim_cs", "김철수", null, user.CreatedAt));
    }

    [Fact]
    public async Task A_changed_profile_is_stored_and_announced_whole()
    {
        var user = await _store.Add("kim_cs");
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        var changed = await _store.Users.ChangeProfile(user.Id, WithStatus("hi"));
        (await _store.Users.Find(user.Id, Ct)).ShouldBe(changed);
        changed!.UpdatedAt.ShouldBe(_store.Now);

        var e = (await _store.SqlStore.Log.Read(Topics.User, 0, 10, Ct))[^1];
        EventJson.Deserialize<UserProfileUpdated>(e.Data)
            .ShouldBe(new UserProfileUpdated(user.Id, "kim_cs", "kim_cs", "hi", null, _store.Now));
    }

    [Fact]
    public async Task A_change_of_nothing_is_not_announced()
    {
        var user = await _store.Add("kim_cs");
        await _store.Users.ChangeProfile(user.Id, WithStatus("hi"));
        await _store.Users.ChangeProfile(user.Id, WithStatus("hi"));
        (await _store.Events()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Privacy_settings_are_stored_and_announced_with_the_profile()
    {
        var user = await _store.Add("kim_cs");
        (await _store.Users.FindPrivacy(user.Id, Ct)).ShouldBe(Privacy.Default);

        var changed = await _store.Users.ChangePrivacy(user.Id, privacy => privacy.With(Audience.Friends, null, false, _store.Now));
        _store.Reopen();

        changed.ShouldBe(new Privacy(Audience.Friends, Audience.Everyone, false, _store.Now));
        (await _store.Users.FindPrivacy(user.Id, Ct)).ShouldBe(changed);
        var announced = new UserProfileUpdated(
            user.Id, "kim_cs", "kim_cs", null, null, user.UpdatedAt, new UserPrivacy("friends", "everyone", _store.Now));
        (await LastProfile()).ShouldBe(announced);
        (await _store.Users.Find(user.Id, Ct))!.UpdatedAt.ShouldBe(user.UpdatedAt, "nobody sees when the settings changed");
        var later = (await _store.Users.ChangeProfile(user.Id, WithStatus("hi")))!.UpdatedAt;
        (await LastProfile()).ShouldBe(announced with { StatusMessage = "hi", UpdatedAt = later }, "one event has it all");
    }

    [Fact]
    public async Task Privacy_settings_that_stay_as_they_are_are_not_announced()
    {
        var user = await _store.Add("kim_cs");

        (await _store.Users.ChangePrivacy(user.Id, privacy => privacy.With(Audience.Everyone, null, true, _store.Now)))
            .ShouldBe(Privacy.Default);
        (await _store.Users.ChangePrivacy(999, privacy => privacy.With(Audience.Friends, null, null, _store.Now))).ShouldBeNull();

        (await _store.Events()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Changes_at_once_lose_nothing_of_each_other()
    {
        var user = await _store.Add("kim_cs");
        await Task.WhenAll(
            Task.Run(() => _store.Users.ChangeProfile(user.Id, WithStatus("hi"))),
            Task.Run(() => _store.Users.ChangeProfile(user.Id, u => u.With(
                u.Profile with { DisplayName = DisplayName.Parse("CS").Value! }, _store.Now))));
        var profile = (await _store.Users.Find(user.Id, Ct))!.Profile;
        profile.DisplayName.Value.ShouldBe("CS");
        profile.Status!.Value.ShouldBe("hi");
    }

    [Fact]
    public async Task The_directory_knows_any_number_of_users()
    {
        var ids = new List<long>();
        foreach (var i in Enumerable.Range(0, 600)) ids.Add((await _store.Add($"user_{i}")).Id);
        var directory = new UserDirectory(_store.SqlStore);
        (await directory.Find([.. ids, 100_000], Ct)).Select(user => user.Id).Order().ShouldBe(ids);
        (await directory.Find([], Ct)).ShouldBeEmpty();
        (await directory.Find([ids[3]], Ct)).ShouldBe([new UserSummary(ids[3], "user_3", "user_3", null)]);
    }

    private async Task<UserProfileUpdated> LastProfile() =>
        EventJson.Deserialize<UserProfileUpdated>((await _store.SqlStore.Log.Read(Topics.User, 0, 10, Ct))[^1].Data);

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Func<User, User> WithStatus(string status) =>
        user => user.With(user.Profile with { Status = StatusMessage.Parse(status).Value }, _store.Now);
}

public sealed class UserRepositoryTests() : UserRepositorySuite(TestEngine.Sqlite);

[Engines]
public sealed class UserRepositoryMariaDbTests() : UserRepositorySuite(TestEngine.MariaDb);
