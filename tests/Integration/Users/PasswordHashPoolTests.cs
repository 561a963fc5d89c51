using BigTech.BuildingBlocks.Core;
using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

public sealed class PasswordHashPoolTests
{
    private const string Home = "198.51.100.7", Elsewhere = "203.0.113.1";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);
    private static readonly HashQueueRules Rules = new(MaxWait, 0, 0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task No_more_work_runs_at_once_than_there_are_threads()
    {
        using var pool = new PasswordHashPool(threads: 2, Rules, _time);
        // Each job waits for another one, so all threads take part.
        using var pair = new Barrier(2);
        var threads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SignIn(pool, () =>
        {
            pair.SignalAndWait(Ct);
            return Environment.CurrentManagedThreadId;
        })));
        threads.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Work_that_would_wait_too_long_is_refused_at_once_and_told_for_how_long()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        var hash = TimeSpan.FromSeconds(1);
        await Learn(pool, hash);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = new[] { SignIn(pool, () => 1), SignIn(pool, () => 2), SignIn(pool, () => 3) };
        var error = await Should.ThrowAsync<AppError>(() => SignIn(pool, () => 4));
        (error.Kind, error.Code, error.RetryAfter).ShouldBe((ErrorKind.Unavailable, "overloaded", 4 * hash));
        gate.Set();
        await running;
        (await Task.WhenAll(waiting)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task How_many_may_wait_follows_from_what_a_hash_takes()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        await Learn(pool, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 60; i++) await Learn(pool, TimeSpan.FromMilliseconds(10));
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = Enumerable.Range(0, 280).Select(i => SignIn(pool, () => i)).ToList();
        waiting.ShouldAllBe(job => !job.IsFaulted);
        gate.Set();
        await running;
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Work_that_has_waited_too_long_is_refused_and_what_came_later_is_done()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var early = new[] { SignIn(pool, () => 1), SignUp(pool, () => 2) };
        _time.Advance(MaxWait + TimeSpan.FromTicks(1));
        var late = SignIn(pool, () => 3);
        gate.Set();
        await running;
        (await late).ShouldBe(3);
        foreach (var job in early) (await Should.ThrowAsync<AppError>(() => job)).Code.ShouldBe("overloaded");
    }

    [Fact]
    public async Task Sign_ins_go_before_sign_ups_and_networks_take_turns()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var order = new List<string>();
        Task[] waiting =
        [
            SignUp(pool, () => Note("up home 1")), SignUp(pool, () => Note("up home 2")), SignUp(pool, () => Note("up else"), Elsewhere),
            SignIn(pool, () => Note("in home 1")), SignIn(pool, () => Note("in home 2")), SignIn(pool, () => Note("in else"), Elsewhere),
        ];
        gate.Set();
        await running;
        await Task.WhenAll(waiting);
        order.ShouldBe(["in home 1", "in else", "in home 2", "up home 1", "up else", "up home 2"]);

        int Note(string what)
        {
            order.Add(what);
            return order.Count;
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(3)]
    public async Task Only_so_many_of_a_network_wait_at_once(int most)
    {
        var isSignUp = most == 3;
        using var pool = new PasswordHashPool(threads: 1, new HashQueueRules(MaxWait, 8, 3), _time);
        await Learn(pool, TimeSpan.FromMilliseconds(200));
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = Enumerable.Range(0, most).Select(i => Run(() => i, Home)).ToList();
        var error = await Should.ThrowAsync<AppError>(() => Run(() => 9, Home));
        (error.Kind, error.Code, error.Limit).ShouldBe((ErrorKind.RateLimited, "rate_limited", most));
        error.RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(200 * (most + 1)));
        waiting.Add(Run(() => 9, Elsewhere));
        gate.Set();
        await running;
        await Task.WhenAll(waiting);
        (await Run(() => 7, Home)).ShouldBe(7);

        Task<int> Run(Func<int> work, string network) => isSignUp ? SignUp(pool, work, network) : SignIn(pool, work, network);
    }

    [Fact]
    public async Task In_a_full_queue_the_newest_of_the_network_with_most_gives_way_to_another_network()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        await Learn(pool, TimeSpan.FromSeconds(1));
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var home = Enumerable.Range(0, 3).Select(i => SignIn(pool, () => i)).ToList();
        var other = SignIn(pool, () => 7, Elsewhere);
        (await Should.ThrowAsync<AppError>(() => home[2])).Code.ShouldBe("overloaded");
        (await Should.ThrowAsync<AppError>(() => SignIn(pool, () => 8, Elsewhere))).Code.ShouldBe("overloaded");
        gate.Set();
        await running;
        (await Task.WhenAll(home[0], home[1], other)).ShouldBe([0, 1, 7]);
    }

    [Fact]
    public async Task Sign_ups_that_wait_are_not_in_the_way_of_sign_ins()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        await Learn(pool, TimeSpan.FromSeconds(1));
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var signUps = Enumerable.Range(0, 3).Select(i => SignUp(pool, () => i)).ToList();
        await Should.ThrowAsync<AppError>(() => SignUp(pool, () => 9));
        var signIn = SignIn(pool, () => 7);
        gate.Set();
        await running;
        (await signIn).ShouldBe(7);
        await Task.WhenAll(signUps);
    }

    [Fact]
    public async Task Work_of_a_caller_who_has_gone_is_not_done()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        using var gate = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var running = await Block(pool, gate);
        var done = false;
        var waiting = pool.Run(HashKind.SignIn, Home, () => done = true, gone.Token);
        await gone.CancelAsync();
        gate.Set();
        await running;
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        done.ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_belongs_to_its_caller_and_the_thread_goes_on()
    {
        using var pool = new PasswordHashPool(threads: 1, Rules, _time);
        await Should.ThrowAsync<InvalidTimeZoneException>(() => SignIn(pool, () => throw new InvalidTimeZoneException()));
        (await SignIn(pool, () => 7)).ShouldBe(7);
    }

    [Fact]
    public async Task A_stop_finishes_what_runs_and_refuses_what_waits()
    {
        var pool = new PasswordHashPool(threads: 1, Rules, _time);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = SignIn(pool, () => 1);
        var stop = Task.Run(pool.Dispose, Ct);
        await Eventually.Holds(() => waiting.IsFaulted, "the stop has begun");
        gate.Set();
        await stop;
        (await running).ShouldBe(0);
        (await Should.ThrowAsync<AppError>(() => waiting)).Kind.ShouldBe(ErrorKind.Unavailable);
        (await Should.ThrowAsync<AppError>(() => SignIn(pool, () => 2))).Kind.ShouldBe(ErrorKind.Unavailable);
    }

    private static async Task<int> SignIn(PasswordHashPool pool, Func<int> work, string network = Home) =>
        await pool.Run(HashKind.SignIn, network, work, Ct);

    private static async Task<int> SignUp(PasswordHashPool pool, Func<int> work, string network = Home) =>
        await pool.Run(HashKind.SignUp, network, work, Ct);

    /// <summary>Work that takes so long by the clock of the test.</summary>
    private Task<int> Learn(PasswordHashPool pool, TimeSpan cost) => SignIn(pool, () =>
    {
        _time.Advance(cost);
        return 0;
    });

    /// <summary>Occupies one thread until the gate opens; returns once it is occupied.</summary>
    private static async Task<Task<int>> Block(PasswordHashPool pool, ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = SignIn(pool, () =>
        {
            started.SetResult();
            gate.Wait();
            return 0;
        });
        await started.Task;
        return running;
    }
}
