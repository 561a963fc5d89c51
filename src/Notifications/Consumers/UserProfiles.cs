using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>Updates this context's user names from user.events.</summary>
internal sealed class UserProfiles(NotificationUserReadModel users)
{
    public void On(UserRegistered e, UnitOfWork work) => users.Save(work, e.UserId, e.Username, e.DisplayName, e.CreatedAt);

    public void On(UserProfileUpdated e, UnitOfWork work) => users.Save(work, e.UserId, e.Username, e.DisplayName, e.UpdatedAt);
}
