using BigTech.Chat.Client;
using BigTech.WebClient.State;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>A room of the list, by the events of its stream.</summary>
public sealed class RoomEntryTests
{
    private const long Me = 1, Bob = 2;

    private readonly RoomEntry _room = new(new Room
    {
        Id = 9,
        RoomType = RoomTypes.Direct,
        Version = 4,
        LastSeq = 2,
        MemberCount = 2,
        Members = [Member(Me, 2), Member(Bob, 2)],
    });

    [Fact]
    public void A_message_of_another_user_is_unread_until_it_is_read()
    {
        _room.Apply(Created(5, 3, Bob), Me).ShouldBe(Missing.Nothing);
        _room.Room.UnreadCount.ShouldBe(1);
        _room.Room.LastMessage!.Seq.ShouldBe(3);
        _room.Room.Members[1].ReadSeq.ShouldBe(3, "its author has read it");

        _room.Apply(new ReadPositionChanged { RoomId = 9, Version = 6, UserId = Me, ReadSeq = 3 }, Me).ShouldBe(Missing.Nothing);
        _room.Room.UnreadCount.ShouldBe(0);
    }

    [Fact]
    public void Ones_own_message_from_another_device_reads_all()
    {
        _room.Apply(Created(5, 3, Bob), Me);
        _room.Apply(Created(6, 4, Me), Me);

        _room.Room.UnreadCount.ShouldBe(0);
    }

    [Fact]
    public void What_a_snapshot_has_is_not_applied_again()
    {
        _room.Apply(Created(4, 2, Bob), Me);

        _room.Room.UnreadCount.ShouldBe(0);
        _room.Replace(_room.Room with { Version = 3 }).ShouldBeFalse("an older snapshot is not taken");
    }

    [Fact]
    public void A_deleted_message_leaves_the_number_of_unread_ones_open()
    {
        _room.Apply(Created(5, 3, Bob), Me);
        var deleted = new MessageChanged
        {
            RoomId = 9,
            Version = 6,
            Change = MessageChange.Deleted,
            Message = New(3, Bob) with { IsDeleted = true },
        };

        _room.Apply(deleted, Me).ShouldBe(Missing.Unread);
        _room.Room.LastMessage!.IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public void A_member_who_leaves_is_gone_and_one_who_comes_is_asked_for()
    {
        _room.Apply(new MemberChanged { RoomId = 9, Version = 5, UserId = Bob, Change = "left" }, Me).ShouldBe(Missing.Nothing);
        _room.Room.Members.Select(member => member.UserId).ShouldBe([Me]);

        _room.Apply(new MemberChanged { RoomId = 9, Version = 6, UserId = 3, Change = "joined" }, Me).ShouldBe(Missing.Members);
        _room.Room.MemberCount.ShouldBe(2);
    }

    private static RoomMember Member(long id, long read) => new() { UserId = id, ReadSeq = read, DisplayName = $"user {id}" };

    private static MessageChanged Created(long version, long seq, long author) =>
        new() { RoomId = 9, Version = version, Change = MessageChange.Created, Message = New(seq, author) };

    private static Message New(long seq, long author) =>
        new() { Id = $"{seq}", Seq = seq, UserId = author, MessageType = MessageTypes.Text };
}
