using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

public sealed class PasswordVerifierTests : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private const string Secret = "correct horse 9";
    private const string Account = "kim@example.com";
    private const string Address = "198.51.100.7";

    private static readonly Attempt Anybody = Attempt.OfAnybody(Account, Address);

    private static readonly HashQueueRules Rules = new(TimeSpan.FromMinutes(10), 0, 0);

    private readonly ManualTime _time = new();
    private readonly PasswordHashPool _pool = new(threads: 2, Rules, TimeProvider.System);
    private readonly LoginThrottle _throttle;

    public PasswordVerifierTests() => _throttle = new LoginThrottle(
        new ThrottleRules(5, 10, TimeSpan.FromMinutes(15), 100, TimeSpan.FromMinutes(15)), _time);

    [Fact]
    public async Task A_hash_knows_its_password_and_no_other()
    {
        var passwords = Hashing();
        var hash = await HashOf(passwords);
        (await passwords.Check(hash, Secret, Anybody, Address, Ct)).ShouldBe(new PasswordCheck(true));
        (await passwords.Check(hash, Secret + "!", Anybody, Address, Ct)).IsRight.ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_password_has_another_hash_each_time() =>
        (await HashOf(Hashing())).ShouldNotBe(await HashOf(Hashing()));

    [Fact]
    public async Task A_cheap_hash_is_replaced_when_its_password_comes_along()
    {
        var hash = await HashOf(Hashing(1000));
        var today = Hashing(2000);
        var check = await today.Check(hash, Secret, Anybody, Address, Ct);
        (await today.Check(check.BetterHash, Secret, Anybody, Address, Ct)).ShouldBe(new PasswordCheck(true));
        (await today.Check(hash, "wrong", Anybody, Address, Ct)).BetterHash.ShouldBeNull();
    }

    [Fact]
    public async Task The_next_password_is_hashed_with_the_check_of_the_old_one_if_that_is_right()
    {
        var passwords = Hashing();
        var (hash, next) = (await HashOf(passwords), Password("battery staple 2"));
        var check = await passwords.Check(hash, Secret, Anybody, Address, Ct, next);
        (await passwords.Check(check.BetterHash, next.Value, Anybody, Address, Ct)).ShouldBe(new PasswordCheck(true));
        (await passwords.Check(hash, "wrong", Anybody, Address, Ct, next)).BetterHash.ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_account_fails()
    {
        var passwords = Hashing();
        await passwords.WarmUp(Ct);
        (await passwords.Check(null, Secret, Anybody, Address, Ct)).IsRight.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(2000)]
    public async Task A_wrong_password_costs_the_same_whatever_the_hash_and_whether_there_is_an_account(int iterations)
    {
        var hash = await HashOf(Hashing(iterations));
        var hashing = new PasswordHashing(2000);
        var passwords = new PasswordVerifier(_pool, _throttle, hashing);
        await passwords.WarmUp(Ct);

        (await Spent(hash)).ShouldBe(2000);
        (await Spent(null)).ShouldBe(2000);

        async Task<long> Spent(string? hash)
        {
            var before = hashing.Spent;
            (await passwords.Check(hash, "wrong password 1", Anybody, Address, Ct)).IsRight.ShouldBeFalse();
            return hashing.Spent - before;
        }
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(1000)]
    public async Task An_unknown_account_takes_as_long(int iterations)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The processor time of one thread is read as Linux reports it.");
        using var worker = new PasswordHashPool(threads: 1, Rules, TimeProvider.System);
        var passwords = new PasswordVerifier(worker, _throttle, new PasswordHashing(200_000));
        await passwords.WarmUp(Ct);
        var hash = await HashOf(Hashing(iterations));
        var known = await Cost(worker, () => passwords.Check(hash, "wrong 1", Attempt.OfAnybody("a@example.com", Address), Address, Ct));
        var unknown = await Cost(worker, () => passwords.Check(null, "wrong 1", Attempt.OfAnybody("b@example.com", Address), Address, Ct));
        (unknown / known).ShouldBeInRange(0.5, 2);
    }

    [Fact]
    public async Task A_burst_of_guesses_gets_no_further_than_a_row_of_them()
    {
        var passwords = Hashing();
        var hash = await HashOf(passwords);
        var guesses = Enumerable.Range(0, 100).Select(i => Guess(passwords, hash, $"guess {i}")).ToList();
        var answers = await Task.WhenAll(guesses);
        answers.Count(status => status == 401).ShouldBeInRange(5, 6, "one more may be under way on the second thread");
        answers.Count(status => status == 429).ShouldBeGreaterThan(90);
    }

    [Fact]
    public async Task Right_passwords_at_once_do_not_hinder_each_other()
    {
        var passwords = Hashing();
        var hash = await HashOf(passwords);
        var checks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => passwords.Check(hash, Secret, Anybody, Address, Ct)));
        checks.ShouldAllBe(check => check.IsRight);
    }

    [Fact]
    public async Task A_locked_account_is_refused_even_the_right_password()
    {
        var passwords = Hashing();
        var hash = await HashOf(passwords);
        for (var i = 0; i < 10; i++) await _throttle.Failed(Anybody);
        var error = await Should.ThrowAsync<AppError>(() => passwords.Check(hash, Secret, Anybody, Address, Ct));
        error.Kind.ShouldBe(ErrorKind.RateLimited);
        error.Code.ShouldBe("locked");
        error.RetryAfter.ShouldBe(TimeSpan.FromMinutes(15));
        _time.Advance(TimeSpan.FromMinutes(15));
        (await passwords.Check(hash, Secret, Anybody, Address, Ct)).IsRight.ShouldBeTrue();
    }

    public void Dispose() => _pool.Dispose();

    private PasswordVerifier Hashing(int iterations = 1000) =>
        new(_pool, _throttle, new PasswordHashing(iterations));

    private static Task<string> HashOf(PasswordVerifier passwords) => passwords.Hash(Password(Secret), HashKind.SignIn, Address, Ct);

    private static Password Password(string text) => BigTech.Users.Domain.Password.Parse(text, null, null, null).Value!;

    private static async Task<int> Guess(PasswordVerifier passwords, string hash, string password)
    {
        try
        {
            (await passwords.Check(hash, password, Anybody, Address, Ct)).IsRight.ShouldBeFalse();
            return 401;
        }
        catch (AppError error)
        {
            return error.Kind.ToStatus();
        }
    }

    /// <summary>The processor time of a worker's thread: unlike a stopwatch, it excludes other work of the machine.</summary>
    private static async Task<double> Cost(PasswordHashPool worker, Func<Task> action)
    {
        var before = await worker.Run(HashKind.SignIn, Address, ProcessorTime, Ct);
        for (var i = 0; i < 3; i++) await action();
        return await worker.Run(HashKind.SignIn, Address, ProcessorTime, Ct) - before;
    }

    /// <summary>proc(5): the first field of schedstat is the time on the processor, in nanoseconds.</summary>
    private static double ProcessorTime() => double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], null);
}
