using BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

public sealed class RoomTests
{
    private const long Owner = 1;
    private const long Ann = 2;
    private const long Ben = 3;
    private const long Stranger = 99;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Room NewGroup(params long[] others) => Room.Create(5, RoomType.Group, "lunch", Owner, others, Start);

    private static Room NewDirect() => Room.Create(5, RoomType.Direct, null, Owner, [Ann], Start);

    private static Room WithRole(Room room, long user, MemberRole role) =>
        room with { Members = room.Members.SetItem(user, room.Members[user] with { Role = role }) };

    [Fact]
    public void A_new_group_belongs_to_its_creator()
    {
        var room = NewGroup(Ann, Ben, Ann, Owner);

        room.Members.Keys.Order().ShouldBe([Owner, Ann, Ben]);
        room.Members[Owner].Role.ShouldBe(MemberRole.Owner);
        room.Members[Ann].Role.ShouldBe(MemberRole.Member);
        (room.LastSeq, room.Ordinal, room.Version).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_one_to_one_room_has_no_owner() => NewDirect().Members.Values.ShouldAllBe(member => member.Role == MemberRole.Member);

    [Fact]
    public void The_key_of_a_pair_is_the_same_for_both_users()
    {
        Room.DirectKey(7, 30).ShouldBe(Room.DirectKey(30, 7));
        Room.DirectKey(7, 30).ShouldNotBe(Room.DirectKey(73, 0));
        Room.DirectKey(1, 12).ShouldNotBe(Room.DirectKey(11, 2));
    }

    [Fact]
    public void Posting_takes_the_next_place_and_version()
    {
        var room = NewGroup(Ann).Post(Owner, countable: true, Start.AddSeconds(1)).Touch().Post(Ann, countable: true, Start.AddSeconds(2));

        (room.LastSeq, room.Ordinal, room.Version).ShouldBe((2, 2, 3));
        room.LastActivityAt.ShouldBe(Start.AddSeconds(2));
    }

    [Fact]
    public void The_activity_never_goes_back_when_the_clock_does() =>
        NewGroup(Ann)
            .Post(Owner, true, Start.AddSeconds(9)).Post(Ann, true, Start.AddSeconds(3)).LastActivityAt.ShouldBe(Start.AddSeconds(9));

    [Fact]
    public void What_one_sends_one_has_read()
    {
        var room = NewGroup(Ann).Post(Owner, true, Start).Post(Owner, true, Start).Post(Ann, true, Start);

        room.UnreadOf(Ann).ShouldBe(0);
        room.UnreadOf(Owner).ShouldBe(1);
        room.Members[Ann].ReadSeq.ShouldBe(3);
    }

    [Fact]
    public void A_system_message_takes_a_place_but_is_unread_for_no_member()
    {
        var room = NewGroup(Ann).Post(Owner, true, Start).Post(Owner, countable: false, Start);

        (room.LastSeq, room.Ordinal, room.Version).ShouldBe((2, 1, 2));
        room.UnreadOf(Ann).ShouldBe(1);
        room.Members[Owner].ReadSeq.ShouldBe(1);
    }

    [Fact]
    public void The_author_of_a_system_message_may_have_left()
    {
        var room = NewGroup(Ann).Remove(Ann, Start).Post(Ann, countable: false, Start);
        room.LastSeq.ShouldBe(1);
        room.HasMember(Ann).ShouldBeFalse();
    }

    [Fact]
    public void Reading_moves_forward_only()
    {
        var room = NewGroup(Ann);
        for (var i = 0; i < 5; i++) room = room.Post(Owner, true, Start);

        var read = room.Read(Ann, 3, 3);
        (read.Version, read.Members[Ann].ReadVersion, read.UnreadOf(Ann)).ShouldBe((6, 6, 2));
        read.Read(Ann, 3, 3).ShouldBeSameAs(read);
        read.Read(Ann, 1, 1).ShouldBeSameAs(read);
        read.Read(Ann, 5, 5).UnreadOf(Ann).ShouldBe(0);
    }

    [Fact]
    public void A_stranger_has_nothing_unread() => NewGroup(Ann).Post(Owner, true, Start).UnreadOf(Stranger).ShouldBe(0);

    [Fact]
    public void A_change_leaves_the_room_before_it_as_it_was()
    {
        var before = NewGroup(Ann).Post(Owner, true, Start);
        _ = before.Post(Ann, true, Start).Read(Owner, 2, 2).Add(Ben, Start).Remove(Ann, Start);

        (before.LastSeq, before.Version, before.Members.Count, before.UnreadOf(Ann)).ShouldBe((1, 1, 2, 1));
    }

    [Fact]
    public void A_new_member_has_read_all_that_came_before()
    {
        var room = NewGroup(Ann).Post(Owner, true, Start).Post(Owner, true, Start).Add(Ben, Start.AddHours(1));

        room.UnreadOf(Ben).ShouldBe(0);
        room.Members[Ben].ShouldBe(new Member(Ben, MemberRole.Member, Start.AddHours(1), 2, 3, 2, 2, 0));
        room.Post(Owner, true, Start).UnreadOf(Ben).ShouldBe(1);
    }

    [Fact]
    public void Any_member_adds_to_a_group()
    {
        NewGroup(Ann).MayAdd(Ann, 1).ShouldBe(RoomRule.Allowed);
        NewGroup(Ann).MayAdd(Stranger, 1).ShouldBe(RoomRule.NotAMember);
        NewDirect().MayAdd(Owner, 1).ShouldBe(RoomRule.NotAGroup);
    }

    [Fact]
    public void A_group_holds_a_thousand()
    {
        var room = NewGroup([.. Enumerable.Range(2, 998).Select(i => (long)i)]);

        room.Members.Count.ShouldBe(999);
        room.MayAdd(Owner, 1).ShouldBe(RoomRule.Allowed);
        room.MayAdd(Owner, 2).ShouldBe(RoomRule.TooManyMembers);
        room.Add(5000, Start).MayAdd(Owner, 1).ShouldBe(RoomRule.TooManyMembers);
    }

    [Theory]
    [InlineData(Owner, Ann, "Allowed")]
    [InlineData(Owner, Ben, "Allowed")]
    [InlineData(Ann, Ben, "Allowed")]
    [InlineData(Ann, Owner, "TargetOutranks")]
    [InlineData(Ann, 4L, "TargetOutranks")]
    [InlineData(Ben, Ann, "NotAnAdmin")]
    [InlineData(Ben, 6L, "NotAnAdmin")]
    [InlineData(Ben, Ben, "Allowed")]
    [InlineData(Owner, Owner, "Allowed")]
    [InlineData(Stranger, Ben, "NotAMember")]
    [InlineData(Stranger, Stranger, "NotAMember")]
    [InlineData(Owner, Stranger, "TargetNotAMember")]
    public void Removing_goes_by_rank(long actor, long target, string rule)
    {
        // Ann and 4 are admins; Ben and 6 are members.
        var room = WithRole(WithRole(NewGroup(Ann, Ben, 4, 6), Ann, MemberRole.Admin), 4, MemberRole.Admin);
        room.MayRemove(actor, target).ToString().ShouldBe(rule);
    }

    [Theory]
    [InlineData(Owner, "Allowed")]
    [InlineData(Ann, "Allowed")]
    [InlineData(Ben, "NotAnAdmin")]
    [InlineData(Stranger, "NotAMember")]
    public void An_admin_names_a_group(long actor, string rule) =>
        WithRole(NewGroup(Ann, Ben), Ann, MemberRole.Admin).MayAdminister(actor).ToString().ShouldBe(rule);

    [Fact]
    public void A_new_name_is_one_change_and_is_known_by_its_version()
    {
        var room = NewGroup(Ann).Post(Owner, true, Start).Rename("dinner", Start.AddHours(1));

        (room.Name, room.Version, room.InfoVersion, room.UpdatedAt).ShouldBe(("dinner", 2, 2, Start.AddHours(1)));
        room.Post(Ann, true, Start).InfoVersion.ShouldBe(2);
        NewDirect().MayAdminister(Owner).ShouldBe(RoomRule.NotAGroup);
    }

    [Theory]
    [InlineData(Owner, Ben, "Member", "Allowed")]
    [InlineData(Owner, Ben, "Owner", "Allowed")]
    [InlineData(Owner, Owner, "Owner", "Allowed")]
    [InlineData(Owner, Owner, "Admin", "OwnerNeeded")]
    [InlineData(Owner, Stranger, "Admin", "TargetNotAMember")]
    [InlineData(Ann, Ben, "Admin", "NotTheOwner")]
    [InlineData(Ann, Ann, "Owner", "NotTheOwner")]
    [InlineData(Ben, Ben, "Admin", "NotTheOwner")]
    [InlineData(Stranger, Ben, "Admin", "NotAMember")]
    public void The_owner_gives_roles(long actor, long target, string role, string rule) =>
        WithRole(NewGroup(Ann, Ben), Ann, MemberRole.Admin).MayChangeRole(actor, target, Enum.Parse<MemberRole>(role)).ToString()
            .ShouldBe(rule);

    [Fact]
    public void A_one_to_one_room_has_no_roles() => NewDirect().MayChangeRole(Owner, Ann, MemberRole.Admin).ShouldBe(RoomRule.NotAGroup);

    [Fact]
    public void No_member_leaves_a_one_to_one_room() => NewDirect().MayRemove(Ann, Ann).ShouldBe(RoomRule.NotAGroup);

    [Fact]
    public void The_heir_of_an_owner_who_left_is_the_longest_serving_admin()
    {
        var room = NewGroup(Ann).Add(Ben, Start).Add(4, Start).Add(6, Start);
        room = WithRole(WithRole(room, 6, MemberRole.Admin), 4, MemberRole.Admin);
        room.Heir().ShouldBeNull("there is an owner");

        var left = room.Remove(Owner, Start.AddMinutes(1));
        left.Heir().ShouldNotBeNull().UserId.ShouldBe(4);
        left.Version.ShouldBe(room.Version + 1);

        var handedOver = left.ChangeRole(4, MemberRole.Owner, Start.AddMinutes(1));
        handedOver.Members.Values.Where(member => member.Role == MemberRole.Owner).Select(member => member.UserId).ShouldBe([4]);
        handedOver.Members[6].Role.ShouldBe(MemberRole.Admin);
        handedOver.Version.ShouldBe(left.Version + 1);
        handedOver.Heir().ShouldBeNull();
    }

    [Fact]
    public void Without_admins_the_longest_serving_member_is_the_heir()
    {
        NewGroup(Ben).Add(Ann, Start).Remove(Owner, Start).Heir().ShouldNotBeNull().UserId.ShouldBe(Ben);
        NewGroup(Ann, Ben).Remove(Owner, Start).Heir().ShouldNotBeNull().UserId.ShouldBe(
            Ann, "the first members came together; the lower id decides");
    }

    [Fact]
    public void A_member_who_leaves_hands_over_nothing() => NewGroup(Ann, Ben).Remove(Ann, Start).Heir().ShouldBeNull();

    [Fact]
    public void A_one_to_one_room_has_no_heir() => NewDirect().Heir().ShouldBeNull();

    [Fact]
    public void An_empty_room_has_no_heir() => NewGroup().Remove(Owner, Start).Heir().ShouldBeNull();

    [Fact]
    public void Who_comes_back_starts_over()
    {
        var room = WithRole(
            NewGroup(Ann), Ann, MemberRole.Admin).Post(Owner, true, Start).Remove(Ann, Start).Post(Owner, true, Start).Add(Ann, Start);

        room.Members[Ann].Role.ShouldBe(MemberRole.Member);
        room.Members[Ann].JoinedSeq.ShouldBe(2);
        room.UnreadOf(Ann).ShouldBe(0);
    }

    [Fact]
    public void Authors_delete_their_messages_and_admins_those_of_others()
    {
        var group = WithRole(NewGroup(Ann, Ben), Ann, MemberRole.Admin);

        group.MayDelete(Ben, authorId: Ben).ShouldBeTrue();
        group.MayDelete(Ben, authorId: Owner).ShouldBeFalse();
        group.MayDelete(Ann, authorId: Ben).ShouldBeTrue();
        group.MayDelete(Owner, authorId: Ben).ShouldBeTrue();
        group.MayDelete(Stranger, authorId: Ben).ShouldBeFalse();
        NewDirect().MayDelete(Owner, authorId: Ann).ShouldBeFalse();
    }

    [Fact]
    public void A_deleted_message_keeps_its_place_and_loses_its_content()
    {
        var message = new Message("m", 5, 3, 3, 4, 4, Ann, MessageTypes.Text, "secret", null, "c", Start, null, null);

        var edited = message.Edit("better", 6, Start.AddSeconds(1));
        (edited.Content, edited.Version, edited.EditedAt, edited.CreatedVersion).ShouldBe(("better", 6, Start.AddSeconds(1), 4));
        var deleted = edited.Delete(8, Start.AddSeconds(2));
        (deleted.Content, deleted.Version, deleted.Seq, deleted.IsDeleted).ShouldBe(("", 8, 3, true));
    }

    [Theory]
    [InlineData("text", true)]
    [InlineData("image", true)]
    [InlineData("file", true)]
    [InlineData("system", false)]
    [InlineData("Text", false)]
    [InlineData("", false)]
    public void People_send_text_images_and_files(string type, bool allowed) => MessageTypes.MayBeSent(type).ShouldBe(allowed);

    [Fact]
    public void Names_go_both_ways()
    {
        foreach (var role in Enum.GetValues<MemberRole>()) ChatWireNames.Role(ChatWireNames.NameOf(role)).ShouldBe(role);
        foreach (var type in Enum.GetValues<RoomType>()) ChatWireNames.RoomType(ChatWireNames.NameOf(type)).ShouldBe(type);
        Should.Throw<ArgumentOutOfRangeException>(() => ChatWireNames.Role("king"));
        Should.Throw<ArgumentOutOfRangeException>(() => ChatWireNames.RoomType("channel"));
    }
}
