using BigTech.Friends.Domain;
using FsCheck;
using FsCheck.Fluent;

namespace BigTech.Tests.Unit.Friends;

/// <summary>The commands of two users, in any order: none leads to a forbidden state.</summary>
public sealed class CommandSequences
{
    private const long Ann = 3;
    private const long Bob = 8;
    private static readonly Pair Two = Pair.Create(Ann, Bob);

    internal enum Command
    {
        Request,
        Accept,
        Reject,
        Cancel,
        End,
        Block,
        Unblock,
    }

    internal sealed record Step(long Actor, Command Command);

    [Fact]
    public void No_sequence_of_commands_reaches_an_invalid_state()
    {
        var property = Prop.ForAll(Sequences(), steps =>
        {
            var relation = Relation.None(Two);
            var now = DateTimeOffset.UnixEpoch;
            foreach (var step in steps)
            {
                now = now.AddSeconds(1);
                var (rule, after) = Run(relation, step, now);
                if (rule != FriendRule.Allowed) after.ShouldBe(relation, $"{step} was refused");
                CheckState(after);
                CheckStep(relation, step, rule, after);
                relation = after;
            }
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60), property);
    }

    [Fact]
    public void Every_state_is_reached_and_every_answer_given()
    {
        var states = new HashSet<string>();
        var rules = new HashSet<FriendRule>();
        var pending = new Queue<Relation>([Relation.None(Two)]);
        while (pending.TryDequeue(out var relation))
        {
            if (!states.Add(Shape(relation))) continue;
            foreach (var command in Enum.GetValues<Command>())
            {
                foreach (var actor in new[] { Ann, Bob })
                {
                    var (rule, after) = Run(relation, new Step(actor, command), DateTimeOffset.UnixEpoch);
                    rules.Add(rule);
                    CheckState(after);
                    pending.Enqueue(after);
                }
            }
        }

        // Without a block: none, or five states with either as the requester. With one of the three kinds of block, no request is open.
        states.Count.ShouldBe(1 + 5 * 2 + 3 * (1 + 3 * 2));
        rules.ShouldBe(Enum.GetValues<FriendRule>(), ignoreOrder: true);
    }

    private static (FriendRule Rule, Relation After) Run(Relation relation, Step step, DateTimeOffset now)
    {
        var (actor, command) = step;
        var rule = command switch
        {
            Command.Request => relation.MayRequest(actor),
            Command.Accept or Command.Reject => relation.MayAnswer(actor),
            Command.Cancel => relation.MayCancel(actor),
            Command.End => relation.MayEnd(),
            Command.Unblock => relation.MayUnblock(actor),
            _ => FriendRule.Allowed,
        };
        if (rule != FriendRule.Allowed) return (rule, relation);
        return (rule, command switch
        {
            Command.Request => relation.Request(actor, null, now),
            Command.Accept => relation.Accept(now),
            Command.Reject => relation.Reject(now),
            Command.Cancel => relation.Cancel(now),
            Command.End => relation.End(now),
            Command.Block => relation.Block(actor, now),
            _ => relation.Unblock(actor),
        });
    }

    private static void CheckState(Relation relation)
    {
        relation.Pair.ShouldBe(Two);
        if (relation.IsBlocked)
        {
            (relation.Friendship is { IsPending: true } or { IsAccepted: true }).ShouldBeFalse("nothing is open beside a block");
        }
        foreach (var user in new[] { Ann, Bob })
        {
            if (relation.BlockOf(user) is { } block) (block.BlockerId, block.BlockedId).ShouldBe((user, Two.Other(user)));
        }
        if (relation.Friendship is not { } friendship) return;
        friendship.Pair.ShouldBe(Two);
        Two.Has(friendship.RequesterId).ShouldBeTrue();
        friendship.ChangedAt.ShouldBeGreaterThanOrEqualTo(friendship.RequestedAt);
    }

    private static void CheckStep(Relation before, Step step, FriendRule rule, Relation after)
    {
        if (after.Friendship is { IsAccepted: true } && before.Friendship is not { IsAccepted: true })
        {
            before.Friendship.ShouldNotBeNull().IsPending.ShouldBeTrue("friends become so by a request");
            step.Actor.ShouldBe(before.Friendship.AddresseeId, "and by the yes of the one who was asked");
        }
        if (rule == FriendRule.Blocked) before.IsBlocked.ShouldBeTrue();
        after.BlockOf(Two.Other(step.Actor)).ShouldBe(before.BlockOf(Two.Other(step.Actor)), "the other user's block is their own");
    }

    private static string Shape(Relation relation) =>
        $"{relation.Friendship?.Status} {relation.Friendship?.RequesterId} "
        + $"{relation.BlockOfLow is not null} {relation.BlockOfHigh is not null}";

    private static Arbitrary<Step[]> Sequences()
    {
        var step = from actor in Gen.Elements(Ann, Bob)
                   from command in Gen.Elements(Enum.GetValues<Command>())
                   select new Step(actor, command);
        return Arb.From(step.ArrayOf(), steps => Shrunk(steps));
    }

    /// <summary>The same sequence without one of its steps.</summary>
    private static IEnumerable<Step[]> Shrunk(Step[] steps) =>
        Enumerable.Range(0, steps.Length).Select(i => steps.Where((_, at) => at != i).ToArray());
}
