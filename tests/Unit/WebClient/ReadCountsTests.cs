using BigTech.Chat.Client;
using BigTech.WebClient.State;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>The number at a message equals a count of those who were there and have not read it.</summary>
public sealed class ReadCountsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_equals_a_count_of_the_members(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var members = Enumerable.Range(1, random.Next(1, 12)).Select(id =>
            {
                var joined = random.Next(0, 20);
                return new RoomMember { UserId = id, JoinedSeq = joined, ReadSeq = random.Next(joined, 21) };
            }).ToList();
            var message = new Message { Seq = random.Next(1, 21), UserId = random.Next(1, 14) };

            new ReadCounts(members).Unread(message).ShouldBe(members.Count(member =>
                member.UserId != message.UserId && member.JoinedSeq < message.Seq && member.ReadSeq < message.Seq));
        }
    }
}
